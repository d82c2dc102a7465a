"""The folder that holds everything: made when it is missing, for its owner only."""

from pathlib import Path

from app.settings import BadSetting, Settings, read_settings

SQLITE = "sqlite:///"


def settings_with_folder() -> Settings:
    """The settings of this process, whose data folder can be used; BadSetting says why not."""
    settings = read_settings()
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"LIKENESS_DATA_DIR cannot be used: {error.strerror}: {settings.data_dir}"
        ) from error
    return settings


def has_no_database(settings: Settings) -> bool:
    """Whether its file is still to be made; nobody knows that of a server's before asking it."""
    return not settings.shared and not Path(settings.store_url.removeprefix(SQLITE)).exists()
