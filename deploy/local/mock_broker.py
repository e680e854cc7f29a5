"""librdkafka's in-process broker as a program of its own, behind a port that can be chosen.

The broker picks its own port. Clients only need a fixed one for their first question, whose answer
names the real one, so the chosen port forwards everything.
"""

import argparse
import asyncio
import signal

from deploy.engines.mock import MockBroker


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def serve(port: int) -> None:
    broker = MockBroker()
    host, real_port = broker.bootstrap.rsplit(":", 1)

    async def bridge(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(host, int(real_port))
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    server = await asyncio.start_server(bridge, "127.0.0.1", port)
    print(f"in-process broker at 127.0.0.1:{port}, really {broker.bootstrap}", flush=True)
    await stop.wait()
    server.close()
    broker.stop()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, required=True)
    asyncio.run(serve(arguments.parse_args().port))


if __name__ == "__main__":
    main()
