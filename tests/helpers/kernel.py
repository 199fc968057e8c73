"""A running Jupyter kernel, asked as different front ends ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_client.manager import start_new_kernel
from patience import PATIENCE

SHOWN = ("display_data", "update_display_data", "execute_result", "stream")


class Kernel:
    """Runs cells; one after the other sees the names of those before."""

    def __init__(self, client) -> None:
        self._client = client

    def run(self, code: str, *, updates: bool) -> list[dict]:
        """The messages that show something, for a front end that updates outputs or does not."""
        request = self._client.session.msg(
            "execute_request",
            {"code": code, "silent": False, "store_history": True, "user_expressions": {},
             "allow_stdin": False, "stop_on_error": True},
            metadata={"cellId": "a-cell"} if updates else {},
        )  # fmt: skip
        self._client.shell_channel.send(request)
        messages = []
        while True:
            message = self._client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "error":
                raise AssertionError("\n".join(content["traceback"]))
            if kind in SHOWN:
                messages.append(message)
            elif kind == "status" and content["execution_state"] == "idle":
                return messages

    def outputs(self, code: str, *, updates: bool) -> list[dict]:
        """What stands below the cell in the end: its outputs, by type of content."""
        outputs, places = [], {}
        for message in self.run(code, updates=updates):
            content = message["content"]
            place = content.get("transient", {}).get("display_id")
            if message["msg_type"] == "update_display_data":
                if updates and place in places:
                    outputs[places[place]] = content["data"]
                continue
            places[place] = len(outputs)
            outputs.append(content.get("data", {"text": content.get("text")}))
        return outputs


@contextmanager
def started() -> Iterator[Kernel]:
    """A kernel of its own, stopped at the end."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
