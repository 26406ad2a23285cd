"""How a command line ends: user errors are a sentence, Ctrl-C and SIGTERM say how to go on."""

import signal
import sys
from collections.abc import Callable
from typing import NoReturn

import click

from vae.errors import SLIPS, told
from vae.storage.files import reason

RESUMES = "Nothing is lost: give the same command again; a training goes on where it was."


def run(main: Callable[[], object], when_stopped: str = RESUMES) -> None:
    """Run a command, a click command that was told not to stand alone; exit 0, 1 (failed), 2 (mistyped) or 130 (stopped).

    when_stopped: what one does to go on after Ctrl-C or SIGTERM.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _telling_stops(main)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo(f"\nStopped. {when_stopped}", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except SLIPS as error:
        _fail(told(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _fail(f"{place}{reason(error)}. Mend it (space, permissions) and give the same command again.")


def _telling_stops(main: Callable[[], object]) -> None:
    """Run a command; an error that is the end of a stop is one: a C extension makes an ImportError of Ctrl-C in its loading."""
    try:
        main()
    except Exception as error:
        behind: BaseException | None = error
        while behind is not None:
            if isinstance(behind, KeyboardInterrupt):
                raise KeyboardInterrupt from error
            behind = behind.__cause__ or behind.__context__
        raise


def _fail(sentence: str) -> NoReturn:
    click.echo(f"Error: {sentence}", err=True)
    sys.exit(1)


def _interrupt(number: int, frame: object) -> NoReturn:
    """Make SIGTERM (what a scheduler or a shutdown sends) end a build as Ctrl-C does."""
    raise KeyboardInterrupt
