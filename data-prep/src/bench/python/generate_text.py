"""Makes a corpus in the layout of AG News, or a file of word vectors in GloVe's format, of any size. Needs NumPy.

  generate_text.py corpus FOLDER MEGABYTES     writes train.csv, test.csv (a hundredth of it) and classes.txt
  generate_text.py glove FILE WORDS DIMENSION

Words are made of syllables; their frequencies are Zipf's among 400,000, so that the first words of the two agree. Texts are 40 words
long in the mean (lognormal), with commas, full stops and capitals; one in twenty holds a tag, an entity or an accent.
"""

import sys
from pathlib import Path

import numpy as np

TYPES = 400_000
SYLLABLES = [c + v + e for c in "bdfgklmnprstvz" for v in "aeiou" for e in ("", "n", "r", "s")]


def words(count):
    """The shortest first, as in languages."""
    made, n = [], len(SYLLABLES)
    for rank in range(count):
        word, rest = "", rank
        while True:
            word = SYLLABLES[rest * 7919 % n] + word
            rest //= n
            if rest == 0:
                break
        made.append(f"{word}{rank % 10}" if rank % 97 == 0 else word)
    return made


def texts(random, rows, vocabulary, shares):
    lengths = np.clip(random.lognormal(np.log(36), 0.45, rows), 3, 2000).astype(int)
    ids = np.searchsorted(shares, random.random(int(lengths.sum())))
    special = random.random(rows) < 0.05
    at = 0
    for row, length in enumerate(lengths):
        chosen = [vocabulary[i] for i in ids[at : at + length]]
        at += length
        chosen[0] = chosen[0].capitalize()
        chosen[length // 2] += ","
        if special[row]:
            chosen[length // 3] += (" <br />", " &amp;", " café", " AT&amp;T")[row % 4]
        yield " ".join(chosen) + "."


def corpus(folder, megabytes):
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(1)
    vocabulary = np.array(words(TYPES), dtype=object)
    shares = np.cumsum(1.0 / np.arange(1, TYPES + 1))
    shares /= shares[-1]
    (folder / "classes.txt").write_text("World\nSports\nBusiness\nSci/Tech\n")
    for name, size in (("train.csv", megabytes * 1_000_000), ("test.csv", megabytes * 10_000)):
        written = 0
        with open(folder / name, "w", encoding="utf-8") as out:
            while written < size:
                labels = random.integers(1, 5, 10_000)
                for label, text in zip(labels, texts(random, 10_000, vocabulary, shares)):
                    written += out.write(f'"{label}","","{text}"\n')
                    if written >= size:
                        break


def glove(file, count, dimension):
    random = np.random.default_rng(2)
    with open(file, "w", encoding="utf-8") as out:
        for word in words(count):
            numbers = random.normal(0, 0.4, dimension)
            out.write(word + " " + " ".join(["%.5f" % n for n in numbers]) + "\n")


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "corpus":
        corpus(Path(sys.argv[2]), int(sys.argv[3]))
    elif len(sys.argv) == 5 and sys.argv[1] == "glove":
        glove(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        sys.exit(__doc__)
