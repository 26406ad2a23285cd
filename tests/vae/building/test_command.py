"""How a command line ends."""

import pytest

from vae.building import command


def stopped_while_loading() -> None:
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt as stop:
        raise ImportError("initialization failed") from stop


def test_an_error_that_a_stop_became_is_a_stop(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.run(stopped_while_loading)
    assert ended.value.code == 130
    assert "Stopped. Nothing is lost" in capsys.readouterr().err


def test_another_error_is_none() -> None:
    with pytest.raises(ZeroDivisionError):
        command.run(lambda: 1 / 0)
