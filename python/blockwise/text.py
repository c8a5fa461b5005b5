"""From texts to the ids of a model's vocabulary, as the texts of training became theirs.

Tags of HTML, and the words of the tokenizer ``standard``, are found by regular expressions, which in rare cases (scripts that
write without blanks, malformed tags) cut otherwise than Blockwise, where Lucene does it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any, Dict, List

UNKNOWN = 1
"""Id of every token that has none of its own; 0 is padding."""

_HAN = "\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # signs that are words
_TOKENS = {
    "whitespace": r"[\S\x1c-\x1f]{1,255}",
    "characters": r"[\S\x85]",
    "standard": rf"[{_HAN}]|(?:[^\W{_HAN}]|(?<=[^\W\d_])[.:·'’](?=[^\W\d_])|(?<=\d)[.,;'’](?=\d)){{1,255}}"}
_STOP_WORDS = frozenset("""a an and are as at be but by for if in into is it no not of on or such that the their then there these
                        they this to was will with""".split())


class Encoder:
    """Cleans texts, cuts them into tokens, and looks these up."""

    def __init__(self, field: Dict[str, Any], words: List[str]):
        """
        :param field: of ``model.json``: ``tokenizer``, ``strip_tags``, ``lower_case``, ``drop_stop_words``, ``max_length``
        :param words: word of every id, the first two of which are none
        """
        self._field = field
        self._tokens = re.compile(_TOKENS[field["tokenizer"]])
        self._ids = {word: i for i, word in enumerate(words) if i > UNKNOWN}

    def tokens(self, text: str) -> List[str]:
        """All tokens of a text."""
        text = unicodedata.normalize("NFC", text)
        if self._field["strip_tags"]:
            text = html.unescape(re.sub(r"<[/!?a-zA-Z][^<>]*>", "\n", text))
        words = self._tokens.findall(text)
        if self._field["lower_case"]:
            words = ["".join(letter.lower()[0] for letter in word) for word in words]  # knows no neighbours, as of a sigma
        return [word for word in words if not self._field["drop_stop_words"] or word not in _STOP_WORDS]

    def ids(self, text: str) -> List[int]:
        """Ids of a text's first tokens, at most ``max_length``; of a text without tokens the one of what is unknown."""
        return [self._ids.get(token, UNKNOWN) for token in self.tokens(text)[:self._field["max_length"]]] or [UNKNOWN]
