// The queue of the pack station: a scan anywhere on the page opens what it names.
import { byId } from "../shop/dom.js";
import { keepPage } from "./offline.js";
import { listen } from "./wedge.js";

listen((code) => {
  byId("code").value = code.trim();
  byId("find").requestSubmit();
});
byId("code").focus();
keepPage("/pack/");
