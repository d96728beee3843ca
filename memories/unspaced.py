"""Scripts that put no blanks between words: Chinese, Japanese, Thai and their neighbours. Pure.

The database takes such runs apart in the same way (migration 0019).
"""

from __future__ import annotations

import re

_PAIRS = r"\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_THREES = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
RUN = re.compile(f"[{_PAIRS}]+|[{_THREES}]+")
_OF_THREES = re.compile(f"[{_THREES}]")
A_WORD = 2  # characters that such a script takes for a word, about
LONGEST_NAME = 5  # characters

# Words that say nothing of what is asked, as the stop words of full text do.
_CHINESE = """
    为什么 為什麼 什么时候 什麼時候 还记得 還記得 我们 你们 他们 她们 我們 你們 他們 她們 什么
    什麼 怎么 怎麼 怎样 怎樣 哪里 哪裡 哪儿 哪兒 哪个 哪個 哪些 多少 这个 這個 那个 那個 这里
    這裡 那里 那裡 知道 记得 記得 告诉 告訴 关于 關於 时候 時候 因为 因為 所以 但是 如果 可以
    没有 沒有 一个 一個 一下 的 了 吗 嗎 呢 吧 啊 呀 我 你 您 他 她 它 们 們 是 在 谁 誰 几 幾
    这 這 那 哪 也 都 还 還 就 很 和 跟 没 沒 不 把 被
"""
_JAPANESE = """
    でしょうか していました していた している 覚えていますか 覚えてる 覚えて 教えてください
    教えて 知っていますか 知って ましたか ますか でしたか ですか ました ません でした です ます
    だった だっけ ください について という なかった あった ある いた いる した する どこ だれ
    いつ なに なん どう なぜ どの どれ から まで より など こと もの って わたし あなた 彼女 何
    誰 私 僕 俺 君 彼
"""
_THAI = """
    ที่ไหน เมื่อไหร่ เมื่อไร อย่างไร ทำไม อะไร ใคร จำได้ไหม จำได้ ไหม มั้ย ครับ ค่ะ คะ นะ
    ฉัน ผม คุณ เขา เธอ ของ และ เป็น อยู่ ได้ ว่า จะ ไม่ ให้ กับ หรือ แล้ว ที่ ใน
"""
_SAYS_NOTHING = re.compile(
    "|".join(map(re.escape, sorted(f"{_CHINESE}{_JAPANESE}{_THAI}".split(), key=len, reverse=True)))
    # particles: behind a word of another script than theirs
    + r"|(?<=[\u30a0-\u30ff\u4e00-\u9fff々])[はがをにへともので]+(?![\u3040-\u309f])"
    + r"|(?<=[\u30a0-\u30ff\u4e00-\u9fff々])[はがをにへともので](?=[\u3040-\u309f])"
)


def pieces(run: str) -> list[str]:
    """The pairs, or threes, of characters of a run, and what is shorter whole."""
    length = 3 if _OF_THREES.match(run) else 2
    if len(run) <= length:
        return [run]
    return [run[at : at + length] for at in range(len(run) - length + 1)]


def count_words(text: str) -> int:
    """How many words a text has, in any script, about."""
    without, runs = RUN.subn(" ", text)
    if not runs:
        return len(text.split())
    alone = sum(any(c.isalnum() for c in word) for word in without.split())
    return alone + sum(-(-len(run) // A_WORD) for run in RUN.findall(text))


def asked(text: str) -> str:
    """A question without the words that say nothing of what is asked; whole where it has no such
    script in it, or nothing would remain."""
    if text.isascii() or not RUN.search(text):
        return text
    told = RUN.sub(lambda run: _SAYS_NOTHING.sub(" ", run[0]), text)
    return told if RUN.search(told) or any(c.isalnum() for c in told) else text


def runs_as_names(text: str) -> list[str]:
    """What in runs may be a name: where one begins and ends doesn't show."""
    if text.isascii():
        return []
    return [
        run[at : at + length]
        for run in RUN.findall(text)
        for length in range(2, LONGEST_NAME + 1)
        for at in range(len(run) - length + 1)
    ]
