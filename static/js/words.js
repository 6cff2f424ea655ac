// What scripts say, in the page's language: its catalogue comes before them (`{% script_words %}`); without one they speak
// English. Values stand in braces, numbers as the language groups them. The names are those that the collector of messages
// looks for.
const { gettext: told = String, ngettext: counted = (one, many, count) => (count === 1 ? one : many) } = globalThis.django ?? {};
const shown = (value) => (typeof value === "number" ? value.toLocaleString(language) : value); // 6,712
const filled = (message, values) => message.replace(/\{(\w+)\}/g, (found, name) => shown(values[name]) ?? found);

export const language = document.documentElement.lang || "en-GB";
export const gettext = (message, values = {}) => filled(told(message), values);
export const ngettext = (one, many, count, values = {}) => filled(counted(one, many, count), { count, ...values });
export const units = (count) => ngettext("{count} unit", "{count} units", count);
