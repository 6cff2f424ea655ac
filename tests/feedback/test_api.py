"""Surveys, answers and findings over the API: the channel's own, described as they are, and nobody else's."""

import json
from datetime import timedelta

import jsonschema
import pytest
from drf_spectacular.generators import SchemaGenerator

from feedback.models import Finding
from feedback.services import Details, LineSaid, answer, invite
from inventory import clock
from tests.api import Api
from tests.factories import make_channel, make_order

pytestmark = pytest.mark.django_db
SURVEYS, FINDINGS = "/api/v1/surveys/", "/api/v1/findings/"


def asked(**fields):
    order = make_order([("MUG-1", 1)], state="delivered", **fields)
    invite(order.pk, by="test")
    return order


def fits(response, path):
    """The body, which fits the description: `nullable` is OpenAPI's word for a second type."""
    schema = json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True)), object_hook=nullable)
    shape = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(response.json(), {**shape, "components": schema["components"]})
    return response.json()


def nullable(node):
    if "properties" in node:
        node["additionalProperties"] = False
    return {"anyOf": [{**node, "nullable": False}, {"type": "null"}]} if node.get("nullable") is True else node


def test_a_survey_is_shown_with_what_was_said():
    order = asked()
    said = LineSaid(order.lines.get().pk, frozenset({"item"}))
    answer(order.pk, csat=2, nps=None, comment="Not mine", details=Details(stages={"pack": 3}, lines=(said,)))
    body = fits(Api("feedback:read").get(SURVEYS), SURVEYS)
    (row,) = body["results"]
    assert (row["order"], row["external_id"], row["question_set"]) == (order.number, order.external_id, 0)
    assert {name: value for name, value in row["answer"].items() if name != "answered_at"} == {
        "csat": 2,
        "nps": None,
        "stages": {"pack": 3},
        "comment": "Not mine",
        "may_call": None,
        "lines": [{"sku": "MUG-1", "right_item": False, "right_quantity": True, "undamaged": True}],
    }


def test_surveys_are_narrowed_and_paged():
    silent, heard = asked(), asked()
    answer(heard.pk, csat=5, nps=9, comment="")
    api = Api("feedback:read")

    def numbers(**query):
        return [row["order"] for row in api.get(SURVEYS, **query).json()["results"]]

    assert numbers() == [heard.number, silent.number]
    assert (numbers(answered="true"), numbers(answered="false")) == ([heard.number], [silent.number])
    assert numbers(order=silent.number) == [silent.number]
    page = api.get(SURVEYS, page_size=1).json()
    assert api.client.get(page["next"], headers=api.headers).json()["results"][0]["order"] == silent.number


@pytest.mark.parametrize("query", [{"answered": "perhaps"}, {"moon": "1"}, {"page_size": "0"}, {"cursor": "x"}])
def test_what_cannot_be_asked_is_refused(query):
    assert Api("feedback:read").get(SURVEYS, **query).status_code == 400


def test_another_channels_surveys_are_not_shown():
    asked(channel=make_channel("desk"))
    assert Api("feedback:read").get(SURVEYS).json()["results"] == []


def test_findings_name_the_channels_own_orders():
    mine, other = asked(), asked(channel=make_channel("desk"))
    start = {"kind": "late", "stage": "deliver", "low": 0.2, "high": 0.4, "limit": 0.1, "weight": 2}
    start |= {"cases": 3, "sample": 10, "compared_with": "others", "orders": 2, "narrowed": {"carrier": "fake"}}
    Finding.objects.create(key="a", sentence="Late", order_ids=[mine.pk, other.pk], **start)
    Finding.objects.create(key="b", sentence="Gone", gone_at=clock.now() - timedelta(days=1), **start)
    body = fits(Api("feedback:read").get(FINDINGS), FINDINGS)
    (row,) = body["results"]
    assert (row["key"], row["orders"], row["orders_affected"], row["cost"]) == ("a", [mine.number], 2, 4)
    assert (row["about"], row["other_cases"], row["stage"]) == ({"carrier": "fake"}, None, "deliver")


@pytest.mark.parametrize("path", [SURVEYS, FINDINGS])
def test_it_takes_the_scope(path):
    answer_ = Api("orders:read", "kpis:read").get(path)
    assert (answer_.status_code, answer_.json()["scope"]) == (403, "feedback:read")


def test_a_page_costs_the_same_for_many(django_assert_max_num_queries):
    for _ in range(3):
        answer(asked().pk, csat=4, nps=None, comment="")
    api = Api("feedback:read")
    with django_assert_max_num_queries(6):
        api.get(SURVEYS)
