"""Questions by place: the button that was made leads to the questions that were there."""

from conftest import SHIPPED
from hypothesis import given
from hypothesis import strategies as st

from bot.packs.read import read_pack
from bot.study import asking

PLACES = st.lists(
    st.tuples(st.sampled_from(["a1", "a2", "b-3"]), st.integers(0, 30)), min_size=1, max_size=12
)


def test_every_question_is_reached_by_its_paragraph() -> None:
    pack, _ = read_pack(SHIPPED / "xinzhi-shengchanli")
    assert pack is not None
    reached = set()
    for article in pack.articles:
        for n in range(len(article.blocks)):
            found = asking.questions({pack.id: pack}, pack.id, asking.spell([(article.id, n)]))
            assert found is not None
            assert list(found) == asking.about(pack, article, [n])
            reached |= {question.id for question in found}
    assert reached == {question.id for question in pack.questions}
    whole = asking.questions({pack.id: pack}, "other", f"{pack.id}/a1.0-99,a2.0-99")
    assert whole == tuple(q for q in pack.questions if q.article in {"a1", "a2"})


def test_what_names_no_places() -> None:
    for text in ("", "5", "c07", "wrong", "a2", "a2.x", "a2.3;", "a2.3,", "２"):
        assert asking.questions({}, "p", text) is None
    assert asking.questions({}, "p", "a2.3") == ()


@given(PLACES)
def test_places_survive_the_sentence(places: list[tuple[str, int]]) -> None:
    text = asking.spell(places)
    back = []
    for part in text.split(","):
        article, _, span = part.rpartition(".")
        first, _, last = span.partition("-")
        back += [(article, n) for n in range(int(first), int(last or first) + 1)]
    assert set(back) == set(places)
    assert asking.questions({}, "p", text) == ()
