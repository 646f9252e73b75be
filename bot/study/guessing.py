"""Guesses, where nothing was found: what the member may have meant, always labelled as a guess.

Invariants. Nothing is guessed where there is an exact hit. Whatever is shown stands in the texts he sees:
sounds and similar spellings only propose, the index decides. In order: another name of a term, all the words
in one article, pinyin, initials, words of the same sound, similar spellings, the words of a question.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, pairwise, product

from bot.fold import HAN, RUN, flat, visible
from bot.model import Term
from bot.store import Store, lookup, upkeep, vocabulary
from bot.store.passages import Scope
from bot.study import finding
from bot.study.finding import NOTHING, Found, How, Search, as_guess, look
from bot.study.spelling import near

LATIN = re.compile(r"[a-z]+")
PIECES = re.compile(f"[{HAN}]|[a-z]+")
SOUNDING = (2, 12)  # 汉字 whose sound is compared
INITIALS_FROM = 3  # two letters begin too many words
SHORT = 3  # 汉字 that are too few to share nothing but their sound
LETTERS_AT_MOST = 40
SENTENCE_AT_MOST = 60
WIDTH = 240  # proposals kept from one 汉字 to the next
TRIED = 60  # proposals the index is asked about
OTHERS = 4
SEEN = 20  # passages in which a pair is looked at
PARTICLES = "的了"
SMALL = "的了着是在和与及或被把我你他她它这那都也对从让说讲做就才又"
QUESTION = re.compile(
    "什么|何谓|啥|怎么|怎样|如何|为何|多少|哪|谁|吗$|呢$|是不是|有没有|请问|几[个项种年条次]"
)
ASKING = re.compile(
    "请问|麻烦|想知道|什么是|何谓|啥是|是啥|是什么|指的是|什么样|什么|为什么|为何|为啥|怎么样|怎样|怎么|如何|多少|几个|几项|几种|几年|几条|几次"
    "|哪一个|哪一项|哪一条|哪些|哪个|哪里|哪位|哪年|哪项|哪几|哪|谁|吗|呢|吧|啊|是不是|有没有|能不能|可不可以|意思|介绍|解释|一下"
    "|今天|明天|昨天|现在|应该|可以|需要|包括|属于|关于|对于|以及|或者|还是|就是|不是|我们|你们|他们|这个|那个|这些|那些|没有|有关"
    f"|[{SMALL}]"
)
DOUBLES = "长重乐调行还便弹觉率降藏朝校传会没角差系"  # 汉字 whose second reading is as common as the first
Unit = tuple[str, ...]  # what one 汉字 may sound like


def prepare(store: Store, seconds: float) -> None:
    """Go on with the vocabulary for so long where it is behind: for programs that come up beside `run`, which
    tends it all the time. Not for a read-only store, and not inside a transaction."""
    if vocabulary.behind(store):
        vocabulary.sounds("一")  # the dictionary is opened before the clock runs
        upkeep.catch_up(store, seconds)


def guess(store: Store, what: Search, text: str, terms: Sequence[Term] = ()) -> Found:
    """What else it may be. To be called only when find() found nothing; reads only."""
    with store.reading():
        return _guess(store, what, text, terms)


def _guess(store: Store, what: Search, text: str, terms: Sequence[Term]) -> Found:
    scopes = what.scopes(store)
    words = finding.words_of(visible(text)[: finding.WORDS_AT_MOST])
    if not words or not scopes:
        return NOTHING
    named = _named(terms, text)
    if named and (found := look(store, scopes, what, [named])).total:
        return as_guess(found, named, "term")
    if len(words) > 1 and (found := in_one_article(store, scopes, what, words)).total:
        return found
    joined = flat("".join(words))
    if QUESTION.search(joined):
        if (found := _asked(store, scopes, what, joined)).total:
            return found
        if len(ASKING.sub("", joined)) < 2:
            return NOTHING  # 你能做什么 asks for nothing that a text could hold
    for proposed, how in proposals(store, scopes, joined, " ".join(flat(word) for word in words)):
        if how == "near" and (piece := _main_piece(words)):
            found = look(store, scopes, what, [piece])
            if found.total:
                return as_guess(found, piece, "words")
        found = look(store, scopes, what, [proposed[0]])
        if found.total:
            return as_guess(found, proposed[0], how, proposed[1:])
    if len(words) > 1 and (found := _mended(store, scopes, what, words)).total:
        return found
    if len(words) == 1 and (found := _two_words(store, scopes, what, joined)).total:
        return found
    return _asked(store, scopes, what, joined)


def _named(terms: Sequence[Term], text: str) -> str:
    wanted = flat(visible(text))
    for term in terms:
        if wanted in (flat(term.name), *map(flat, term.aliases)):
            return term.name
    return ""


def in_one_article(store: Store, scopes: Sequence[Scope], what: Search, words: Sequence[str]) -> Found:
    """Articles that hold all the words, though no paragraph does: the first place of each word in each."""
    hits: list[finding.Hit] = []
    total = articles = 0
    for scope in scopes:
        asked = [lookup.words_of([word]) for word in words]
        places = [_anywhere(store, each, scope) for each in asked]
        rarest = min(places, key=len)
        for number in dict.fromkeys(scope.number(id_) for id_ in rarest):
            narrow = scope.article(number)
            each = [_anywhere(store, word, narrow, 1) for word in asked]
            if not all(each):
                continue
            articles += 1
            chosen = sorted({ids[0] for ids in each})
            if total < what.start + what.count and total + len(chosen) > what.start:
                some = [(scope, passage) for passage in lookup.get(store, chosen)]
                hits += finding.hits(what, some, words)[max(0, what.start - total) :]
            total += len(chosen)
    spoken = tuple(flat(word) for word in words)
    found = Found("guess", min(total, finding.COUNTED), tuple(hits[: what.count]), articles, False, spoken)
    return as_guess(found, None, "article") if total else NOTHING


def _anywhere(store: Store, words: lookup.Words, scope: Scope, limit: int = lookup.COUNTED) -> list[int]:
    return lookup.titles(store, words, scope, limit=limit) + lookup.ids(store, words, scope, limit)


def proposals(
    store: Store, scopes: Sequence[Scope], joined: str, spaced: str
) -> Iterable[tuple[list[str], How]]:
    """Other words for these, each kind with the best first; all of them stand in the texts."""
    stands = _asker(store, scopes)
    pieces = PIECES.findall(vocabulary.toneless(spaced))
    whole = "".join(pieces) == re.sub(r"[\s'’]+", "", vocabulary.toneless(spaced))
    latin = whole and any(LATIN.fullmatch(piece) for piece in pieces)
    if latin and len(spaced) <= LETTERS_AT_MOST:
        if found := by_pinyin(store, stands, pieces):
            yield found, "pinyin"
        if (
            len(pieces) == 1
            and len(joined) >= INITIALS_FROM
            and (found := by_initials(store, stands, joined))
        ):
            yield found, "initials"
    if re.fullmatch(f"[{HAN}]+", joined) and SOUNDING[0] <= len(joined) <= SOUNDING[1]:
        units = [vocabulary.sounds(c) for c in joined]
        found = [each for each in _lattice(store, stands, units, joined) if each != joined]
        if len(joined) <= SHORT:
            found = [each for each in found if _misheard(joined, each)]
        if len(joined) == 2:
            found = [each for each in found if _word(store, scopes, each)]
        if found:
            yield found, "sound"
    if found := near(store, scopes, joined):
        yield found, "near"


def _main_piece(words: Sequence[str]) -> str:
    """The 汉字 of a text that has hardly anything beside them but letters; "" where there is no such piece.

    >>> _main_piece(["B", "江苏代表团"]), _main_piece(["科技自立", "目强"])
    ('江苏代表团', '')
    """
    pieces = [piece for word in words for piece in re.findall("[0-9a-z]+|[^0-9a-z]+", flat(word))]
    main = max(pieces, key=len)
    beside = [piece for piece in pieces if piece is not main]
    small = all(len(piece) == 1 or piece.isascii() for piece in beside)
    return main if beside and small and len(main) > 2 and not main.isascii() else ""


def _misheard(typed: str, other: str) -> bool:
    """Whether so few 汉字 are others with one of them right, and the rest written as 汉字 that commonly sound the
    same. 的 and 了 are no other way of writing what means something.

    >>> _misheard("头燕", "头雁"), _misheard("微信", "为什"), _misheard("不要", "还要")
    (True, False, False)
    >>> _misheard("生产里", "生产力"), _misheard("第一次", "的一次"), _misheard("盥洗室", "关系适")
    (True, False, False)
    """
    wrong = [(a, b) for a, b in zip(typed, other, strict=True) if a != b]
    alike = all(_commonly(a) & _commonly(b) and b not in PARTICLES for a, b in wrong)
    return 0 < len(wrong) < len(typed) and alike


def _word(store: Store, scopes: Sequence[Scope], pair: str) -> bool:
    """Whether a pair is likely a word of the texts and no cut through two of them (段开 in 末段开头): somewhere
    its 汉字 stand beside each other as often as each beside its other neighbour. Small words are no neighbours. What
    stands once is as often as any neighbour: there the dictionary may know better."""
    around: list[tuple[str, str]] = []
    for scope in scopes:
        words = lookup.words_of([pair])
        ids = lookup.titles(store, words, scope, limit=SEEN) + lookup.ids(store, words, scope, SEEN)
        for *_, text in lookup.get(store, ids[:SEEN]):
            for run in RUN.findall(flat(text)):
                around += [
                    (run[max(0, m.start() - 1) : m.start() + 1], run[m.end() - 1 : m.end() + 1])
                    for m in re.finditer(pair, run)
                ]
    known = vocabulary.frequencies(store, list({pair, *(each for both in around for each in both)}))
    whole = len(around) > 1 or vocabulary.is_word(pair)
    return any(
        (left[0] in SMALL or right[-1] in SMALL)
        or (
            known.get(left, 0) * known.get(right, 0) <= known.get(pair, 0) ** 2
            and (whole or not (vocabulary.is_word(left) or vocabulary.is_word(right)))
        )
        for left, right in around
    )


def _commonly(character: str) -> set[str]:
    """The readings of a 汉字 that everybody knows: the dictionary's first, and both of an everyday double."""
    readings = vocabulary.sounds(character)
    return set(readings[: 2 if character in DOUBLES else 1])


def _asker(store: Store, scopes: Sequence[Scope]) -> Callable[[str], bool]:
    def stands(text: str) -> bool:
        words = lookup.words_of([text])
        return any(
            lookup.ids(store, words, scope, 1)
            or lookup.titles(store, words, scope, limit=1)
            or lookup.titles(store, words, scope, "head", 1)
            for scope in scopes
        )

    return stands


# ---------------------------------------------------------------- by sound


def by_pinyin(store: Store, stands: Callable[[str], bool], pieces: Sequence[str]) -> list[str]:
    """What pinyin, with or without 汉字 between, may spell."""
    known = vocabulary.syllables(store)
    choices: list[list[list[Unit]]] = []
    for piece in pieces:
        if LATIN.fullmatch(piece):
            choices.append([[(s,) for s in cut] for cut in cuts(piece, known)])
        else:
            choices.append([[vocabulary.sounds(piece)]])
    found: dict[str, None] = {}
    written = "".join(piece for piece in pieces if not LATIN.fullmatch(piece))
    for combined in islice(product(*choices), 24):
        units = [unit for part in combined for unit in part]
        if 2 <= len(units) <= SOUNDING[1]:
            found.update(dict.fromkeys(_lattice(store, stands, units, written)))
    return list(found)[: OTHERS + 1]


def cuts(piece: str, known: frozenset[str]) -> list[list[str]]:
    """All ways to cut letters into syllables, those with fewer syllables first.

    >>> cuts("xian", frozenset(["xi", "an", "xian"]))
    [['xian'], ['xi', 'an']]
    """
    ways: list[list[list[str]]] = [[[]], *([] for _ in piece)]
    for end in range(1, len(piece) + 1):
        for begin in range(max(0, end - 6), end):
            if piece[begin:end] in known:
                ways[end] += [[*way, piece[begin:end]] for way in ways[begin]]
        ways[end] = sorted(ways[end], key=len)[:32]
    return ways[-1]


def by_initials(store: Store, stands: Callable[[str], bool], letters: str) -> list[str]:
    """What words these may be the initials of; none in a large corpus, where it would be any."""
    if len(letters) > SOUNDING[1] or vocabulary.size(store) > vocabulary.INITIALS_UP_TO:
        return []
    steps = [vocabulary.beginning(store, letters[i : i + 2]) for i in range(len(letters) - 1)]
    return _walk(steps, stands, "")[: OTHERS + 1]


def _lattice(store: Store, stands: Callable[[str], bool], units: Sequence[Unit], written: str) -> list[str]:
    steps = [
        vocabulary.sounding(store, [f"{a} {b}" for a, b in product(first, second)] or [""])
        for first, second in pairwise(units)
    ]
    return _walk(steps, stands, written)[: OTHERS + 1]


def _walk(
    steps: Sequence[Sequence[vocabulary.Pair]], stands: Callable[[str], bool], written: str
) -> list[str]:
    """Texts that follow the pairs from step to step, those that stand in the corpus, best first.

    Better is what shares more 汉字 with what was written, then what is made of frequent pairs.
    """
    paths: dict[str, float] = {"": 0.0}
    for n, pairs in enumerate(steps):
        following: dict[str, list[tuple[str, float]]] = {}
        for pair in pairs:
            weight = math.log(1 + pair.df) + 8 * (pair.text[1] in written)
            following.setdefault(pair.text[0] if n else "", []).append((pair.text, weight))
        longer: dict[str, float] = {}
        for text, score in paths.items():
            for pair_text, weight in following.get(text[-1:], ()):
                first = 8 * (pair_text[0] in written) if not n else 0
                made = text + pair_text[1] if n else pair_text
                longer[made] = max(longer.get(made, 0.0), score + weight + first)
        best = sorted(longer, key=lambda text: -longer[text])[: 2 * WIDTH]
        if len(best) > WIDTH / 4 and n:
            best = [text for text in best if stands(text)]
        paths = {text: longer[text] for text in best[:WIDTH]}
    return [text for text in list(paths)[:TRIED] if text and stands(text)]


# ---------------------------------------------------------------- of several words, and questions


def _mended(store: Store, scopes: Sequence[Scope], what: Search, words: Sequence[str]) -> Found:
    """Several words, of which some stand nowhere: these replaced by what they may be."""
    stands = _asker(store, scopes)
    mended: list[str] = []
    how: How = "near"
    for word in words:
        if stands(word):
            mended.append(word)
            continue
        first = next(iter(proposals(store, scopes, flat(word), flat(word))), None)
        if first is None:
            return NOTHING
        mended.append(first[0][0])
        how = first[1]
    if mended == list(words):
        return NOTHING
    found = look(store, scopes, what, mended)
    if not found.total:
        found = in_one_article(store, scopes, what, mended)
    return as_guess(found, " ".join(mended), how) if found.total else NOTHING


def _two_words(store: Store, scopes: Sequence[Scope], what: Search, text: str) -> Found:
    """Two words that were written without a space, each of which stands somewhere: in one paragraph, if there is
    one that has both, else in one article."""
    if not re.fullmatch(f"[{HAN}]{{4,{SOUNDING[1]}}}", text):
        return NOTHING
    stands = _asker(store, scopes)
    cuts_ = [(text[:at], text[at:]) for at in range(2, len(text) - 1)]
    likely = [both for both in cuts_ if all(map(stands, both))]
    for both in likely:
        if (found := look(store, scopes, what, both)).total:
            return as_guess(found, " ".join(both), "words")
    every = (in_one_article(store, scopes, what, both) for both in likely)
    return next((found for found in every if found.total), NOTHING)


def _asked(store: Store, scopes: Sequence[Scope], what: Search, text: str) -> Found:
    """The places that answer a question: those that hold the rarest of its words and as many as possible."""
    if not 4 <= len(text) <= SENTENCE_AT_MOST:
        return NOTHING
    places: dict[tuple[str, int], list[str]] = {}
    weights: dict[str, float] = {}
    for piece in pieces_of(text, _asker(store, scopes)):
        words = lookup.words_of([piece])
        found = [(s.pack, id_) for s in scopes for id_ in _anywhere(store, words, s, 300)]
        if found:
            weights[piece] = len(piece) * math.log(1 + 300 / len(found))
        for key in found:
            places.setdefault(key, []).append(piece)
    if not places:
        return NOTHING
    best = max(places, key=lambda key: (sum(weights[piece] for piece in places[key]), -key[1]))
    rarest = max(places[best], key=lambda piece: weights[piece])
    extra = [piece for piece in weights if piece != rarest]
    return as_guess(look(store, scopes, what, [rarest], extra), rarest, "words")


def pieces_of(text: str, stands: Callable[[str], bool]) -> list[str]:
    """The words of a sentence without what only asks: in each stretch the longest pieces that stand somewhere.

    A piece of a stretch counts from three characters on, a whole stretch from two.
    """
    found: dict[str, None] = {}
    for stretch in RUN.findall(ASKING.sub(" ", text)):
        at = 0
        while at < len(stretch) - 1:
            end = min(len(stretch), at + 12)
            while end - at >= 2 and not stands(stretch[at:end]):
                end -= 1
            size = end - at
            if size >= 3 or (size == 2 and len(stretch) == 2):
                found[stretch[at:end]] = None
            at = end if size >= 2 else at + 1
    return list(found)
