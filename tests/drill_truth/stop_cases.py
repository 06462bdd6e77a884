"""What the signal brings about: the good stop, and the faults of a stop."""
import socket
import struct
import subprocess
from pathlib import Path

from raw_client import CEILING, Client, Server


def case_a_good_stop_answers_all_and_leaves_nobody(program, folder):
    with Server(program, folder, "--lame-duck-ms", "100", "--idle-grace-ms", "300") as server:
        port = server.port
        with Client(port) as idle, Client(port) as silent, Client(port) as busy, \
                Client(port) as half_head, Client(port) as half_body:
            assert idle.get("/")[1] == "whole"
            busy.send("GET /slow?ms=600 HTTP/1.1\r\nHost: x\r\n\r\n")
            half_head.send("GET / HTTP/1.1\r\nHo")
            half_body.send("POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na")
            server.signal()
            with Client(port) as late:
                data, how = late.get("/ready")
                assert how == "whole" and data.startswith(b"HTTP/1.1 503"), data
            server.wait_for("listener_closed")
            try:
                Client(port)
                raise AssertionError("the listener is still there")
            except ConnectionRefusedError:
                pass
            assert idle.end() == (b"", "fin")
            assert silent.end() == (b"", "fin")
            half_head.send("st: x\r\n\r\n")
            half_body.send("b")
            for one in (busy, half_head, half_body):
                data, how = one.answer()
                assert how == "whole" and b"Connection: close" in data, data
                assert one.end() == (b"", "fin")
        assert server.exit() == 0
        assert server.truth("exit")[0]["code"] == 0 and not server.truth("given_up")


def shake_hands(client):
    client.send("GET /feed HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    data, how = client.answer()
    # The answer to this key is in RFC 6455, 1.3.
    assert how == "whole" and b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in data, data


def frame(opcode, payload):
    mask = b"\x01\x02\x03\x04"
    return bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + \
        bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def case_websockets_echo_and_end_with_the_booked_code(program, folder):
    for fault, code in (("none", 1001), ("ws_1011", 1011), ("ws_1006", 1006)):
        own = Path(folder, fault)
        own.mkdir()
        with Server(program, own, "--fault", fault) as server, Client(server.port) as client:
            shake_hands(client)
            client.socket.sendall(frame(1, b"hello"))
            assert client.socket.recv(100) == b"\x81\x05hello"
            server.signal()
            if code == 1006:
                assert client.end() == (b"", "fin")
            else:
                assert client.socket.recv(100) == b"\x88\x02" + struct.pack(">H", code)
                client.socket.sendall(frame(8, struct.pack(">H", code)))
                assert client.end() == (b"", "fin")
            client.socket.close()
            booked = server.truth("websocket_end")
            assert [(one["peer"], one["code"], one["echoes"]) for one in booked] == \
                [(client.port, code, 1)], booked


def case_the_queue_that_is_dropped_is_booked_by_name(program, folder):
    with Server(program, folder, "--fault", "accept_queue_dropped", "--queue-for-ms", "400") as server:
        with Client(server.port) as served:
            assert served.get("/")[1] == "whole"
            server.signal()
            # The thread that accepts ends a moment after the signal is booked.
            probe = []
            for _ in range(20):
                client = Client(server.port)
                client.send("GET /work HTTP/1.1\r\nHost: x\r\n\r\n")
                probe.append(client)
            server.wait_for("listener_closed")
            endings = {}
            for client in probe:
                endings[client.port] = client.answer()
                client.socket.close()
        dropped = {one["peer"]: one["unread"] for one in server.truth("queue_dropped")}
        reset = {port for port, (data, how) in endings.items() if how == "reset" and not data}
        assert set(dropped) == reset and len(reset) >= 18, (dropped, endings)
        assert set(dropped.values()) == {31}, dropped


def case_readiness_can_stay_too_long(program, folder):
    for wanted, number in ((b"HTTP/1.1 200", "-1"), (b"HTTP/1.1 503", "0")):
        own = Path(folder, number)
        own.mkdir()
        with Server(program, own, "--fault", "slow_readiness", "--unready-after-ms", number) as server:
            server.signal()
            with Client(server.port) as client:
                assert client.get("/ready")[0].startswith(wanted)


def case_the_end_of_the_process_is_as_chosen(program, folder):
    socket_file = Path(folder, "file.sock")
    for fault, arguments, code in (("exit_code", ["--code", "7"], 7), ("late_exit", ["--late-ms", "700"], 0),
                                   ("leaves_socket_file", [], 0), ("none", [], 0)):
        own = Path(folder, fault)
        own.mkdir()
        if socket_file.exists():
            socket_file.unlink()
        with Server(program, own, "--fault", fault, "--socket-file", str(socket_file),
                    *arguments) as server:
            server.signal()
            assert server.exit() == code
            begun, end = (server.truth(name)[0]["at_ns"] for name in ("signal", "exit"))
            assert fault != "late_exit" or end - begun >= 1_200_000_000, end - begun
        assert socket_file.exists() == (fault == "leaves_socket_file")


def case_a_child_can_be_left(program, folder):
    with Server(program, folder, "--fault", "leaves_child") as server:
        server.signal()
        assert server.exit() == 0
        child = server.truth("child")[0]["pid"]
        stat = Path(f"/proc/{child}/stat")
        assert "faulty_server" in stat.read_text()
        subprocess.run(["kill", "-KILL", str(child)], check=True)


def case_the_signal_can_be_ignored(program, folder):
    with Server(program, folder, "--fault", "ignores_signal") as server:
        server.process.terminate()
        server.wait_for("signal")
        server.process.terminate()
        server.wait_for("signal", 2)
        with Client(server.port) as client:
            assert client.get("/")[1] == "whole"


def case_silent_connections_can_hold_up_the_stop(program, folder):
    for fault, given_up in (("silent_blocks", 1), ("none", 0)):
        own = Path(folder, fault)
        own.mkdir()
        with Server(program, own, "--fault", fault, "--patience-ms", "3000") as server, \
                Client(server.port):
            server.signal()
            assert server.exit() == 0
            assert len(server.truth("given_up")) == given_up


def case_close_can_stay_unannounced(program, folder):
    for fault, announced in (("no_close_announced", False), ("none", True)):
        own = Path(folder, fault)
        own.mkdir()
        with Server(program, own, "--fault", fault) as server, Client(server.port) as client:
            assert client.get("/")[1] == "whole"
            server.signal()
            data, how = client.get("/")
            assert how == "whole" and (b"Connection: close" in data) == announced
            assert client.end() == (b"", "fin")


def h2_frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + \
        struct.pack(">I", stream) + payload


def h2_frames(client):
    """Each frame until the connection ends, as (kind, stream, payload)."""
    data, how = client.end()
    frames = []
    while len(data) >= 9:
        size = int.from_bytes(data[:3], "big")
        frames.append((data[3], int.from_bytes(data[5:9], "big"), data[9:9 + size]))
        data = data[9 + size:]
    return frames, how


def case_http2_ends_with_goaway_in_two_steps_or_as_booked(program, folder):
    # HPACK: :method GET, :scheme http, :path /, :authority x - all from the static table; the
    # path /work is a literal.
    fields = b"\x82\x86\x04\x05/work\x41\x01x"
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + h2_frame(4, 0, 0)
    for fault in ("none", "no_goaway", "goaway_error", "h2_promised_lost"):
        own = Path(folder, fault)
        own.mkdir()
        with Server(program, own, "--fault", fault, "--work-ms", "400") as server, \
                Client(server.port) as client:
            client.socket.sendall(preface + h2_frame(1, 5, 1, fields) + h2_frame(1, 5, 3, fields) +
                                  h2_frame(6, 0, 0, b"8 bytes."))
            client.socket.settimeout(CEILING)
            seen = b""
            while b"8 bytes." not in seen:  # the answer to PING: the streams are known
                seen += client.socket.recv(1000)
            server.signal()
            frames, how = h2_frames(client)
            goaways = [struct.unpack(">II", payload[:8]) for kind, _, payload in frames if kind == 7]
            bodies = [stream for kind, stream, payload in frames if kind == 0 and payload]
            resets = [stream for kind, stream, _ in frames if kind == 3]
            expected = {"none": ([(0x7fffffff, 0), (3, 0)], [1, 3], []),
                        "no_goaway": ([], [], []),
                        "goaway_error": ([(3, 2)], [], []),
                        "h2_promised_lost": ([(3, 0)], [], [1, 3])}[fault]
            assert (goaways, bodies, sorted(resets)) == expected, (fault, frames)
            assert how == "fin"
            booked = [one["nth"] for one in server.truth("request", fault)]
            assert booked == [1, 3], (fault, booked)
