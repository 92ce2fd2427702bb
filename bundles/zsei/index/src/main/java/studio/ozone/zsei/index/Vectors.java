package studio.ozone.zsei.index;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;

/**
 * The embedder as it comes and goes. One that fails is left alone for a while, so that thousands of texts do not each wait for the
 * same failure. Remembers the vectors of recent questions. Thread-safe.
 */
final class Vectors {

    private static final int QUESTIONS = 256;
    private static final int LONGEST_QUESTION = 2_000;
    private static final long REST = TimeUnit.SECONDS.toNanos(30);

    /** What was asked, in the order of use; guarded by itself. */
    private final Map<String, float[]> questions = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, float[]> eldest) {
            return size() > QUESTIONS;
        }
    };
    private volatile Embedder embedder;
    private volatile String failure;
    private volatile long failedAt;

    void bind(Embedder bound) {
        embedder = bound;
        failure = null;
        forget();
    }

    void unbind(Embedder unbound) {
        if (embedder == unbound) {
            embedder = null;
            forget();
        }
    }

    private void forget() {
        synchronized (questions) {
            questions.clear();
        }
    }

    /** The embedder, if there is one that is likely to work; else null. */
    Embedder usable() {
        return failure == null || System.nanoTime() - failedAt > REST ? embedder : null;
    }

    /** Why there are no vectors, for a user; null where there are. */
    String problem() {
        if (embedder == null) {
            return "Embeddings are switched off (zsei.embeddings.enabled), so only words were searched";
        }
        return failure;
    }

    int parallelism() {
        Embedder now = embedder;
        return now == null ? 1 : now.parallelism();
    }

    /** @return null where there is no embedder or it fails */
    float[] ofText(Embedder by, String text) {
        try {
            float[] vector = by.embed(text);
            failure = null;
            return vector;
        } catch (ZseiException e) {
            failed(by, e);
            return null;
        }
    }

    /** @throws ZseiException EMBEDDER_UNAVAILABLE */
    float[] ofQuestion(String text) throws ZseiException {
        Embedder by = usable();
        if (by == null) {
            throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, problem());
        }
        boolean remember = text.length() <= LONGEST_QUESTION;
        if (remember) {
            synchronized (questions) {
                float[] known = questions.get(text);
                if (known != null) {
                    return known;
                }
            }
        }
        try {
            float[] vector = by.embed(text);
            failure = null;
            if (remember && by == embedder) {
                synchronized (questions) {
                    questions.put(text, vector);
                }
            }
            return vector;
        } catch (ZseiException e) {
            failed(by, e);
            throw e;
        }
    }

    private void failed(Embedder by, ZseiException e) {
        if (by == embedder) {
            failedAt = System.nanoTime();
            failure = e.getMessage();
        }
    }
}
