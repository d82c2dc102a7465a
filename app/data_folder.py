"""The folder that holds everything: made when it is missing, for its owner only."""

from app.settings import BadSetting, Settings, read_settings


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
