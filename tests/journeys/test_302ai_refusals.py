"""302.AI says no: each code of its table, each shape of an error, and what only means `later`."""

import pytest

from tests.house import House
from tests.journeys.ai302 import draw, drawing_of, drawn, paid, queries, submits
from tests.journeys.wishes import waiting_for, waits, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

# The model's error table (providers.md B.4): our code, and whether the same may go well later.
RISKS = [
    (50411, "content_moderation", False),
    (50511, "content_moderation", True),
    (50412, "content_moderation", False),
    (50512, "content_moderation", False),
    (50413, "content_moderation", False),
    (50516, "content_moderation", True),
    (50517, "content_moderation", True),
    (50518, "content_moderation", False),
    (50519, "content_moderation", True),
    (50520, "provider_failed", False),
    (50521, "provider_failed", False),
    (50522, "provider_failed", False),
]
BROKEN = [(50500, "provider_unavailable", True), (50501, "provider_unavailable", True)]
SLOW_DOWN = [50429, 50430]


@pytest.mark.parametrize(("number", "code", "retryable"), [*RISKS, *BROKEN])
async def test_a_submit_that_the_model_refuses_fails_with_its_code(
    shared: House, number: int, code: str, retryable: bool
) -> None:
    prompt = words(ai302_code=number)
    done = await drawn(shared, prompt)
    assert (done["status"], done["result"]) == ("failed", None)
    error = done["error"]
    assert (error["code"], error["provider_code"]) == (code, str(number))
    assert error["retryable"] is retryable
    assert (len(submits(shared, prompt)), paid(shared, prompt)) == (1, 0)


@pytest.mark.parametrize(("number", "code", "retryable"), [*RISKS, *BROKEN])
async def test_a_task_that_ends_badly_fails_with_the_models_code(
    shared: House, number: int, code: str, retryable: bool
) -> None:
    prompt = words(ai302_answer="task", ai302_duration=1, ai302_query_code=number)
    done = await drawn(shared, prompt)
    assert (done["status"], done["result"]) == ("failed", None)
    error = done["error"]
    assert (error["code"], error["provider_code"]) == (code, str(number))
    assert error["retryable"] is retryable
    assert len(submits(shared, prompt)) == paid(shared, prompt) == 1


@pytest.mark.parametrize("number", SLOW_DOWN)
async def test_a_submit_that_comes_too_soon_is_sent_again_with_growing_waits(
    shared: House, number: int
) -> None:
    prompt = words(ai302_code=number, ai302_submit_times=4)
    done = await drawn(shared, prompt)
    assert done["status"] == "succeeded"
    calls = submits(shared, prompt)
    assert (len(calls), paid(shared, prompt)) == (5, 1)
    assert all(gap >= wait for gap, wait in zip(waits(calls), (1, 2, 4, 8), strict=True))


@pytest.mark.parametrize("number", [*SLOW_DOWN, 50500])
async def test_a_query_that_comes_too_soon_only_means_slow_down(shared: House, number: int) -> None:
    times = 6 if number in SLOW_DOWN else 2
    prompt = words(
        ai302_answer="task", ai302_duration=1, ai302_query_code=number, ai302_query_times=times
    )
    done = await drawn(shared, prompt, within=120)
    assert (done["status"], done["error"]) == ("succeeded", None)
    gaps = waits(queries(shared, prompt))
    assert len(gaps) == times
    assert all(gap >= 2 for gap in gaps)
    assert len(submits(shared, prompt)) == paid(shared, prompt) == 1


@pytest.mark.parametrize(
    ("shape", "status", "code", "provider_code", "retryable"),
    [
        ("gateway", 400, "invalid_input", "-10005", False),
        ("gateway", 401, "provider_auth", "-10001", False),
        ("gateway", 402, "insufficient_balance", "-10004", False),
        ("gateway", 403, "provider_auth", "-10005", False),
        ("gateway", 404, "provider_refused", "-10006", False),
        ("gateway", 413, "invalid_input", "-10005", False),
        ("gateway", 500, "provider_unavailable", "-10003", True),
        ("documented", 400, "invalid_input", "InvalidParameter", False),
        ("documented", 401, "provider_auth", "Unauthorized", False),
        ("documented", 402, "insufficient_balance", "InsufficientBalance", False),
        ("documented", 500, "provider_unavailable", "InternalError", True),
        ("volcengine", 400, "content_moderation", "50412", False),
        ("volcengine", 500, "provider_unavailable", "50500", True),
        ("openai", 400, "invalid_input", "400", False),
        ("openai", 401, "provider_auth", "401", False),
        ("openai", 402, "insufficient_balance", "402", False),
        ("openai", 500, "provider_unavailable", "500", True),
    ],
)
async def test_an_error_is_read_in_each_of_its_four_shapes(
    shared: House, shape: str, status: int, code: str, provider_code: str, retryable: bool
) -> None:
    prompt = words(ai302_submit=status, ai302_shape=shape)
    done = await drawn(shared, prompt)
    assert done["status"] == "failed"
    error = done["error"]
    assert (error["code"], error["provider_code"]) == (code, provider_code)
    assert error["retryable"] is retryable
    assert error["message"]
    assert (len(submits(shared, prompt)), paid(shared, prompt)) == (1, 0)


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        ("gateway", "provider_unavailable"),
        ("documented", "provider_unavailable"),
        ("volcengine", "provider_unavailable"),
        ("openai", "provider_refused"),
    ],
)
async def test_an_error_with_http_200_is_an_error_all_the_same(
    shared: House, shape: str, code: str
) -> None:
    done = await drawn(shared, words(ai302_submit=500, ai302_shape=shape, ai302_http=200))
    assert (done["status"], done["error"]["code"]) == ("failed", code)


@pytest.mark.parametrize(
    ("shape", "status"),
    [
        *(("gateway", 429), ("documented", 429), ("volcengine", 429), ("openai", 429)),
        *(("gateway", 503), ("documented", 503), ("openai", 503)),
    ],
)
async def test_what_was_certainly_not_taken_is_sent_again_until_it_goes(
    shared: House, shape: str, status: int
) -> None:
    prompt = words(ai302_submit=status, ai302_shape=shape, ai302_submit_times=3)
    done = await drawn(shared, prompt)
    assert done["status"] == "succeeded"
    assert (len(submits(shared, prompt)), paid(shared, prompt)) == (4, 1)


async def test_a_gateway_without_a_model_is_asked_until_it_has_one(shared: House) -> None:
    prompt = words(ai302_submit=503, ai302_err_code=-10008, ai302_submit_times=6)
    posted = await draw(shared, prompt)
    await waiting_for(shared, posted["id"], "retry")
    assert (await shared.get(posted["id"]))["status"] == "pending"
    done = await shared.until_final(posted["id"], within=300)
    assert done["status"] == "succeeded"
    assert (len(submits(shared, prompt)), paid(shared, prompt)) == (7, 1)


@pytest.mark.parametrize(
    "fault",
    [
        *("400", "401", "402", "403", "404", "413", "429", "500", "500_page", "502", "503", "504"),
        *("cut", "garbage", "truncated", "redirect"),
    ],
)
async def test_a_query_without_a_usable_answer_says_nothing_about_the_task(
    shared: House, fault: str
) -> None:
    prompt = words(ai302_answer="task", ai302_query=fault, ai302_query_times=4)
    done = await drawn(shared, prompt)
    assert done["status"] == "succeeded"
    gaps = waits(queries(shared, prompt))
    assert len(gaps) == 4
    assert all(gap >= 2 * 1.2**number for number, gap in enumerate(gaps))
    assert paid(shared, prompt) == 1


@pytest.mark.parametrize("word", ["not_found", "expired"])
async def test_a_task_that_the_provider_no_longer_has_fails(shared: House, word: str) -> None:
    prompt = words(ai302_answer="task", ai302_status=word)
    done = await drawn(shared, prompt)
    assert (done["status"], done["error"]["code"]) == ("failed", "provider_lost")
    assert (done["error"]["provider_code"], done["error"]["retryable"]) == (word, True)
    gaps = waits(queries(shared, prompt))
    assert len(gaps) >= 2
    assert sum(gaps) >= 20
    assert len(submits(shared, prompt)) == paid(shared, prompt) == 1


@pytest.mark.parametrize("word", ["dreaming", "Done", "succeeded", "failed"])
async def test_an_unknown_word_is_never_an_end(shared: House, word: str) -> None:
    prompt = words(ai302_answer="task", ai302_duration=1, ai302_status=word)
    posted = await draw(shared, prompt)
    await shared.until_status(posted["id"], "processing")
    await shared.until(lambda: len(queries(shared, prompt)) == 5, step=0.5)
    await shared.breathe()
    assert (await shared.get(posted["id"]))["status"] == "processing"
    drawing_of(shared, prompt).overrides = {}
    assert (await shared.until_final(posted["id"], step=1))["status"] == "succeeded"
