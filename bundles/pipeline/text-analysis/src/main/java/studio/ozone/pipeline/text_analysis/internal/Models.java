package studio.ozone.pipeline.text_analysis.internal;

import java.io.IOException;
import java.io.InputStream;

import opennlp.tools.langdetect.LanguageDetectorModel;
import opennlp.tools.postag.POSModel;
import opennlp.tools.sentdetect.SentenceModel;
import opennlp.tools.tokenize.TokenizerModel;

/**
 * The models of OpenNLP that this bundle carries. Each is read at its first use and kept until all are let go. What is read is immutable,
 * so that several threads may use it at once. Thread-safe.
 */
final class Models {

    private static final String FOLDER = "/models/";

    /** Reads one model. */
    @FunctionalInterface
    private interface Reader<T> {
        T read(InputStream in) throws IOException;
    }

    /** What English needs. */
    record English(SentenceModel sentences, TokenizerModel tokens, POSModel tags) { }

    private LanguageDetectorModel languages;
    private English english;

    synchronized LanguageDetectorModel languages() throws IOException {
        if (languages == null) {
            languages = load("langdetect-183.bin", LanguageDetectorModel::new);
        }
        return languages;
    }

    synchronized English english() throws IOException {
        if (english == null) {
            english = new English(load("opennlp-en-ud-ewt-sentence-1.3-2.5.4.bin", SentenceModel::new),
                    load("opennlp-en-ud-ewt-tokens-1.3-2.5.4.bin", TokenizerModel::new),
                    load("opennlp-en-ud-ewt-pos-1.3-2.5.4.bin", POSModel::new));
        }
        return english;
    }

    synchronized void letGo() {
        languages = null;
        english = null;
    }

    synchronized boolean loaded() {
        return languages != null || english != null;
    }

    private static <T> T load(String file, Reader<T> reader) throws IOException {
        try (InputStream in = Models.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IOException("The bundle lacks its model " + file + "; install it again");
            }
            return reader.read(in);
        }
    }
}
