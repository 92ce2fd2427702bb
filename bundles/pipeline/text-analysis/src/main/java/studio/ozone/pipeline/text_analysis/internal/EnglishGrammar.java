package studio.ozone.pipeline.text_analysis.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import opennlp.tools.postag.POSTaggerME;
import opennlp.tools.sentdetect.SentenceDetectorME;
import opennlp.tools.tokenize.TokenizerME;

/** Sentences, words and parts of speech by OpenNLP's models of the Universal Dependencies' English Web Treebank. */
final class EnglishGrammar implements Grammar {

    /** A tagger looks at a whole sentence at once: one that never ends (a list, a dump) is cut here. */
    private static final int MOST_TOKENS = 200;
    /** Encoded data and the like: no word, and the tokenizer's time grows with the square of the length. */
    private static final Pattern NO_WORD = Pattern.compile("\\S{150,}");

    private final SentenceDetectorME sentences;
    private final TokenizerME tokens;
    private final POSTaggerME tags;

    EnglishGrammar(Models.English models) {
        sentences = new SentenceDetectorME(models.sentences());
        tokens = new TokenizerME(models.tokens());
        tags = new POSTaggerME(models.tags());
    }

    @Override
    public List<Sentence> sentences(Prose.Block block) {
        String whole = NO_WORD.matcher(block.text()).replaceAll(" ");
        String[] texts = block.heading() ? new String[] {whole} : sentences.sentDetect(whole);
        List<Sentence> result = new ArrayList<>(texts.length);
        for (String text : texts) {
            String[] words = tokens.tokenize(text);
            for (int from = 0; from < words.length; from += MOST_TOKENS) {
                String[] piece = Arrays.copyOfRange(words, from, Math.min(words.length, from + MOST_TOKENS));
                String[] tagged = tags.tag(piece);
                List<Token> list = new ArrayList<>(piece.length);
                for (int i = 0; i < piece.length; i++) {
                    list.add(new Token(piece[i], tagged[i]));
                }
                result.add(new Sentence(list, block.heading()));
            }
        }
        return result;
    }
}
