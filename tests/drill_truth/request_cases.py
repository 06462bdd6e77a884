"""Faults of single requests, and of the idle connections behind them."""
import json
import socket
import time
from pathlib import Path
from random import Random

from raw_client import CEILING, Client, Server

# What a client must see of a struck request: how it ends, how its bytes begin and end.
REQUEST_FAULTS = {
    "reset_before_response": ("reset", b"", b""),
    "reset_unread": ("reset", b"", b""),
    "fin_before_response": ("fin", b"", b""),
    "cut_head": ("fin", b"HTTP/1.1 200", b"Content-Le"),
    "cut_body_length": ("fin", b"HTTP/1.1 200", b"promised"),
    "cut_body_length_reset": ("reset", b"HTTP/1.1 200", b"promised"),
    "cut_body_chunked": ("fin", b"HTTP/1.1 200", b"5\r\nhello\r\n"),
    "cut_body_chunked_reset": ("reset", b"HTTP/1.1 200", b"5\r\nhello\r\n"),
    "status_503": ("whole", b"HTTP/1.1 503", b"Retry-After: 1\r\n\r\n"),
    "status_500": ("whole", b"HTTP/1.1 500", b"\r\n\r\n"),
    "status_404": ("whole", b"HTTP/1.1 404", b"\r\n\r\n"),
    "hang_first": ("late", b"", b""),
    "hang_body": ("late", b"HTTP/1.1 200", b"promised"),
    "garbage": ("fin", b"this is no HTTP", b"\r\n\r\n"),
}


def case_each_request_fault_is_seen_by_the_client_that_the_books_name(program, folder):
    for fault, (ending, beginning, tail) in REQUEST_FAULTS.items():
        own = Path(folder, fault)
        own.mkdir()
        with Server(program, own, "--fault", fault, "--every", "3") as server:
            struck = set()
            client = Client(server.port)
            for _ in range(12):
                nth = client.requests
                data, how = client.get("/work", 0.2 if ending == "late" else CEILING)
                if how != "whole" or not data.startswith(b"HTTP/1.1 200"):
                    assert (how, data.startswith(beginning), data.endswith(tail)) == \
                        (ending, True, True), (fault, how, data)
                    struck.add((client.port, nth))
                if how != "whole":
                    client.socket.close()
                    client = Client(server.port)
            client.socket.close()
            booked = server.truth("request", fault)
            assert {(one["peer"], one["nth"]) for one in booked} == struck, (fault, booked)
            assert len(booked) == 4, (fault, booked)
            assert all(one["taken"] == (fault != "reset_unread") for one in booked), booked
            assert len(server.truth("request", "none")) == 8


def case_other_targets_are_never_struck(program, folder):
    with Server(program, folder, "--fault", "cut_head") as server, Client(server.port) as client:
        for target in ("/", "/ready", "/slow?ms=1", "/big?kb=300"):
            assert client.get(target)[1] == "whole"
        assert not server.truth("request", "cut_head")


def case_faults_can_begin_with_the_signal(program, folder):
    with Server(program, folder, "--fault", "status_500", "--when", "after") as server, \
            Client(server.port) as client:
        assert client.get("/work")[0].startswith(b"HTTP/1.1 200")
        server.signal()
        assert client.get("/work")[0].startswith(b"HTTP/1.1 500")
        assert [one["after_signal"] for one in server.truth("request")] == [False, True]


def case_ok_then_reset_comes_whole_and_is_reset(program, folder):
    with Server(program, folder, "--fault", "ok_then_reset") as server, \
            Client(server.port) as client:
        assert client.get("/work")[1] == "whole"
        assert client.end() == (b"", "reset")
        assert len(server.truth("request", "ok_then_reset")) == 1


def case_idle_connections_end_with_fin_and_nothing_unread(program, folder):
    for fault in ("idle_close", "idle_race", "idle_race_close"):
        own = Path(folder, fault)
        own.mkdir()
        with Server(program, own, "--fault", fault) as server, Client(server.port) as client:
            data, how = client.get("/work")
            assert how == "whole" and b"Connection: close" not in data
            assert client.end() == (b"", "fin")
            client.socket.close()
            server.wait_for("idle_end")
            end = server.truth("idle_end")[0]
            assert end["peer"] == client.port and end["requests"] == 1, end
            assert end.get("bytes", 0) == 0, end


def case_a_request_behind_the_fin_is_booked_and_not_answered(program, folder):
    with Server(program, folder, "--fault", "idle_close", "--idle-for-ms", "1") as server, \
            Client(server.port) as client:
        assert client.get("/work")[1] == "whole"
        assert client.end() == (b"", "fin")
        client.send("GET /work HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.end() == (b"", "fin")
        client.socket.shutdown(socket.SHUT_WR)
        server.wait_for("idle_end")
        assert server.truth("idle_end")[0]["bytes"] == 31
        assert len(server.truth("request")) == 1


def case_tls_is_ended_with_and_without_close_notify(program, folder):
    with Server(program, folder, "--fault", "tls_no_notify", "--every", "2", "--tls") as server:
        with Client(server.port, tls=True) as client:
            assert client.get("/work")[1] == "whole"
            data, how = client.get("/work")
            assert (how, data.endswith(b"promised")) == ("fin-without-notify", True), (how, data)
        with Client(server.port, tls=True) as idle:
            assert idle.get("/")[1] == "whole"
            server.signal()
            assert idle.end() == (b"", "fin")
        assert len(server.truth("request", "tls_no_notify")) == 1


def case_effects_are_kept_or_lost_as_booked(program, folder):
    orders = Path(folder, "orders")
    for fault, seen, kept in (("lost_effect", "whole", False), ("unclaimed_effect", "reset", True)):
        orders.write_text("")
        own = Path(folder, fault)
        own.mkdir()
        with Server(program, own, "--fault", fault, "--target", "/orders", "--every", "2",
                    "--orders", str(orders)) as server, Client(server.port) as client:
            assert client.post("/orders", '{"id":"a"}')[1] == "whole"
            assert client.post("/orders", '{"id":"b"}')[1] == seen
            assert orders.read_text().split() == (["a", "b"] if kept else ["a"])
            booked = [(one["id"], one["kept"], one["acknowledged"]) for one in server.truth("effect")]
            assert booked == [("a", True, True), ("b", kept, seen == "whole")], booked
        with Server(program, own, "--orders", str(orders)) as again, Client(again.port) as client:
            assert json.loads(client.get("/orders")[0].partition(b"\r\n\r\n")[2])["orders"] == \
                orders.read_text().split()


def case_each_race_is_booked_as_its_client_sees_it(program, folder):
    """The client looks for an end before it sends, as HTTP asks it to, and is sometimes late."""
    with Server(program, folder, "--fault", "idle_race") as server:
        rounds, crossed, seen_closed = 400, 0, 0
        random = Random(1)
        for _ in range(rounds):
            with Client(server.port) as client:
                assert client.get("/work")[1] == "whole"
                until = time.perf_counter() + random.uniform(0, 400e-6)
                while time.perf_counter() < until:
                    pass
                if client.is_closed():
                    seen_closed += 1
                    continue
                data, how = client.get("/work")
                crossed += (how, data) == ("fin", b"")
        # A request that was in time is answered, and its connection ended behind it.
        server.wait_for("idle_end", rounds)
        booked = server.truth("idle_end")
        late = [one for one in booked if one["bytes"] > 0]
        assert len(late) == crossed, (late, crossed)
        assert seen_closed > 0 and crossed + seen_closed <= rounds
        print(f"        of {rounds}: {seen_closed} seen closed, {crossed} crossed,",
              f"{sum(one['unread_before_fin'] > 0 for one in late)} of them before the FIN")
