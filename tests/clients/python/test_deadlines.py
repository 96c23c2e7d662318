"""Deadlines of roadmaps as a calendar program reads them: with a library that is not ours.

Every roadmap here is invented, of a partnership between XA and XB, which do not exist.
"""

import datetime
import pathlib
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import pytest

from conftest import Process, binary, with_token

PARENT = "partnerships/xa-xb"
ROADMAP = f"{PARENT}/roadmaps/lantern-towns"
MINISTRY = "Ministry of Lamps, Oil; and Wicks"


@pytest.fixture(scope="module")
def sides(contracts, tmp_path_factory):
    """`accord serve` on an empty directory: a channel with the token of an editor of each side, the way by REST, and the address."""
    folder = tmp_path_factory.mktemp("deadlines")
    process = Process(
        binary("accord"), "serve", "--data-dir", folder / "data", "--listen", "127.0.0.1:0",
        "--admin-listen", "127.0.0.1:0", "--output", "json",
    )
    channels = {}
    for party in ["XA", "XB"]:
        token = folder / f"{party}.token"
        subprocess.run(
            [binary("accord"), "token", "issue", "--data-dir", process.ready["data_dir"]]
            + ["--agency", f"{party.lower()}-economy", "--party", party, "--role", "editor", "--out", str(token)],
            check=True,
        )
        signed = pathlib.Path(token).read_text().strip()
        channels[party] = with_token(process.ready["listen"], signed)

    def get(path):
        address = f"http://{process.ready['listen']}{path}"
        request = urllib.request.Request(address, headers={"authorization": f"Bearer {signed}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.headers["content-type"], answer.read()

    with channels["XA"] as first, channels["XB"] as second:
        plan(first, second)
        yield first, second, get, f"http://{process.ready['listen']}"
    assert process.stop() == 0, "".join(process.log)


def plan(first, second):
    """Adopts a roadmap with a deadline on a day and one in a quarter."""
    from accord.roadmaps.v1 import (
        localized_text_pb2,
        measure_pb2,
        measure_service_pb2,
        measure_service_pb2_grpc,
        roadmap_pb2,
        roadmap_service_pb2,
        roadmap_service_pb2_grpc,
    )
    from google.type import date_pb2

    def text(words):
        return [localized_text_pb2.LocalizedText(language_code="uz-Cyrl", text=words)]

    def day(year, month, number):
        return date_pb2.Date(year=year, month=month, day=number)

    roadmaps = roadmap_service_pb2_grpc.RoadmapServiceStub(first)
    roadmaps.CreateRoadmap(
        roadmap_service_pb2.CreateRoadmapRequest(
            parent=PARENT,
            roadmap_id="lantern-towns",
            roadmap=roadmap_pb2.Roadmap(
                titles=text("Чироқ шаҳарлари"),
                sides=[
                    roadmap_pb2.RoadmapSide(party="XA", region_code="XA-LT", region_name="Lanternland"),
                    roadmap_pb2.RoadmapSide(party="XB", region_code="XB-LT", region_name="Wickland"),
                ],
                period=roadmap_pb2.Period(start_date=day(2026, 1, 1), end_date=day(2030, 12, 31)),
            ),
        )
    )
    measures = measure_service_pb2_grpc.MeasureServiceStub(first)
    for name, deadline in [
        ("lamps", measure_pb2.Deadline(date=day(2030, 3, 14))),
        ("wicks", measure_pb2.Deadline(quarter=measure_pb2.Quarter(year=2030, quarter=2))),
    ]:
        measures.CreateMeasure(
            measure_service_pb2.CreateMeasureRequest(
                parent=ROADMAP,
                measure_id=name,
                measure=measure_pb2.Measure(
                    titles=text("Маяк чироқларини ёқиш, " * 6 + name),
                    section="Lamps, oil; wicks",
                    executors=[measure_pb2.Executors(party="XA", lead_body=MINISTRY)],
                    deadline=deadline,
                ),
            )
        )
    revision = roadmaps.GetRoadmap(roadmap_service_pb2.GetRoadmapRequest(name=ROADMAP)).plan_revision
    for channel in [first, second]:
        roadmap_service_pb2_grpc.RoadmapServiceStub(channel).AdoptRoadmap(
            roadmap_service_pb2.AdoptRoadmapRequest(name=ROADMAP, plan_revision=revision)
        )


def calendar(channel, **asked):
    import icalendar
    from accord.roadmaps.v1 import deadline_pb2, measure_service_pb2_grpc
    from google.type import date_pb2

    answer = measure_service_pb2_grpc.MeasureServiceStub(channel).GetDeadlineCalendar(
        deadline_pb2.GetDeadlineCalendarRequest(
            parent=PARENT,
            body=MINISTRY,
            start_date=date_pb2.Date(year=2030, month=1, day=1),
            end_date=date_pb2.Date(year=2030, month=12, day=31),
            **asked,
        )
    )
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    return icalendar.Calendar.from_ical(answer.data)


def test_a_bodys_feed_is_read_by_another_program(sides):
    first, *_ = sides
    feed = calendar(first)
    assert str(feed["X-WR-CALNAME"]) == f"Deadlines: {MINISTRY}"
    lamps, wicks = feed.walk("VEVENT")
    assert (lamps["DTSTART"].dt, wicks["DTSTART"].dt) == (datetime.date(2030, 3, 14), datetime.date(2030, 6, 30))
    assert str(lamps["SUMMARY"]) == "Маяк чироқларини ёқиш, " * 6 + "lamps"
    assert [str(category) for category in lamps["CATEGORIES"].cats] == ["Lamps, oil; wicks"]
    assert str(wicks["DESCRIPTION"]).startswith("Deadline: quarter 2 of 2030, to 2030-06-30\nState: planned\n")
    assert f"XA: {MINISTRY}" in str(wicks["DESCRIPTION"])
    assert lamps["SEQUENCE"] == 0 and str(lamps["STATUS"]) == "CONFIRMED"
    assert lamps["DTSTAMP"].dt == lamps["LAST-MODIFIED"].dt


def test_a_change_keeps_the_uid_and_counts_up(sides):
    from accord.roadmaps.v1 import measure_service_pb2_grpc, measure_word_pb2

    first, second, *_ = sides
    before = {str(event["UID"]): event["SEQUENCE"] for event in calendar(first).walk("VEVENT")}
    name = f"{ROADMAP}/measures/wicks"
    for channel, call, request in [
        (first, "ProposeMeasureCancellation", measure_word_pb2.ProposeMeasureCancellationRequest(name=name, reason="none")),
        (second, "AcceptMeasureCancellation", measure_word_pb2.AcceptMeasureCancellationRequest(name=name)),
    ]:
        getattr(measure_service_pb2_grpc.MeasureServiceStub(channel), call)(request)
    lamps, wicks = calendar(second).walk("VEVENT")
    assert {str(lamps["UID"]), str(wicks["UID"])} == set(before)
    assert wicks["SEQUENCE"] > before[str(wicks["UID"])]
    assert str(wicks["STATUS"]) == "CANCELLED"


def test_tasks_have_a_due_day(sides):
    from accord.roadmaps.v1 import deadline_pb2

    _, second, *_ = sides
    todos = calendar(second, component=deadline_pb2.CALENDAR_COMPONENT_TODO, open_only=True).walk("VTODO")
    assert [todo["DUE"].dt for todo in todos] == [datetime.date(2030, 3, 14)]
    assert str(todos[0]["STATUS"]) == "NEEDS-ACTION"


def test_a_program_with_a_token_reads_the_file_by_rest(sides):
    import icalendar

    first, _, get, _ = sides
    body = urllib.parse.urlencode({"body": MINISTRY, "startDate": "2030-01-01", "endDate": "2030-12-31"})
    content_type, data = get(f"/roadmaps/v1/{PARENT}/deadlineCalendar?{body}")
    assert content_type == "text/calendar; charset=utf-8"
    feed = icalendar.Calendar.from_ical(data)
    assert [str(event["UID"]) for event in feed.walk("VEVENT")] == [
        str(event["UID"]) for event in calendar(first).walk("VEVENT")
    ]


def test_a_calendar_program_subscribes_to_an_address_without_a_token(sides):
    import icalendar
    from accord.roadmaps.v1 import calendar_feed_pb2, calendar_feed_service_pb2, calendar_feed_service_pb2_grpc

    first, _, _, address = sides
    feeds = calendar_feed_service_pb2_grpc.CalendarFeedServiceStub(first)
    made = feeds.CreateCalendarFeed(
        calendar_feed_service_pb2.CreateCalendarFeedRequest(
            parent=PARENT, calendar_feed=calendar_feed_pb2.CalendarFeed(body=MINISTRY)
        )
    )

    def subscribe(**headers):
        request = urllib.request.Request(address + made.secret_path, headers=headers)
        return urllib.request.urlopen(request, timeout=30)

    with subscribe() as answer:
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        tag, data = answer.headers["etag"], answer.read()
    lamps, wicks = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert (lamps["DTSTART"].dt, wicks["DTSTART"].dt) == (datetime.date(2030, 3, 14), datetime.date(2030, 6, 30))
    with pytest.raises(urllib.error.HTTPError) as known:
        subscribe(**{"if-none-match": tag})
    assert known.value.code == 304

    feeds.RevokeCalendarFeed(calendar_feed_service_pb2.RevokeCalendarFeedRequest(name=made.calendar_feed.name))
    with pytest.raises(urllib.error.HTTPError) as gone:
        subscribe()
    assert gone.value.code == 404
