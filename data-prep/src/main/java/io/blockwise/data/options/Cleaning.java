package io.blockwise.data.options;

import java.io.Serializable;

/**
 * What becomes of a text before its tokens are looked up: the same in every split, and later
 * wherever a model answers. In any case characters are composed first (Unicode's form NFC), so that
 * an accent is the same however it was typed. Immutable.
 *
 * @param tokenizer cuts it into tokens
 * @param stripTags whether tags of HTML go and its entities become characters, before it is cut
 *     ({@code data.text.strip-tags})
 * @param lowerCase whether letters become small, in every script ({@code data.text.lower-case})
 * @param dropStopWords whether the commonest English words go ({@code data.text.drop-stop-words})
 */
public record Cleaning(
    Tokenizer tokenizer, boolean stripTags, boolean lowerCase, boolean dropStopWords)
    implements Serializable {}
