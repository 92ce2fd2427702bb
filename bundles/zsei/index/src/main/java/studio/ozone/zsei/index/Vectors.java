package studio.ozone.zsei.index;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;

/**
 * The embedder as it comes and goes, and those before it as long as the index needs them. One that fails is left alone for a while, so that thousands of texts do not each wait for the
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
    /** Those before the present one, by their models: an index that has not been built again yet is asked by the model it was made with. */
    private final Map<String, Embedder> earlier = new ConcurrentHashMap<>();
    private volatile Embedder embedder;
    private volatile String failure;
    private volatile long failedAt;

    void bind(Embedder bound) {
        Embedder before = embedder;
        if (before != null && !before.model().equals(bound.model())) {
            earlier.put(before.model(), before);
        }
        earlier.remove(bound.model());
        embedder = bound;
        failure = null;
        forget();
    }

    void unbind(Embedder unbound) {
        if (embedder == unbound) {
            embedder = null;
            earlier.clear();
            forget();
        }
    }

    /** Vectors of other models than the present one are not needed any more. */
    void forgetEarlier() {
        earlier.clear();
        forget();
    }

    /** Questions whose vectors are remembered. */
    int remembered() {
        synchronized (questions) {
            return questions.size();
        }
    }

    void forget() {
        synchronized (questions) {
            questions.clear();
        }
    }

    /** The embedder, if there is one that is likely to work; else null. */
    Embedder usable() {
        return failure == null || System.nanoTime() - failedAt > REST ? embedder : null;
    }

    /**
     * The embedder of a model, if there is one that is likely to work; else null.
     *
     * @param model null for any
     */
    Embedder usable(String model) {
        Embedder now = embedder;
        if (now == null || model == null || model.equals(now.model())) {
            return usable();
        }
        return earlier.get(model);
    }

    /** Why there are no vectors by a model, for a user; null where there are. */
    private String problem(String model) {
        Embedder now = embedder;
        if (now == null) {
            return "Embeddings are switched off (zsei.embeddings.enabled), so only words were searched";
        }
        return model == null || model.equals(now.model()) ? failure : "Texts are being embedded anew by " + now.model()
            + ", so only words were searched; ozone-core health says how far it is";
    }

    /** The present embedder's model; null where there is none. */
    String model() {
        Embedder now = embedder;
        return now == null ? null : now.model();
    }

    int parallelism() {
        Embedder now = embedder;
        return now == null ? 1 : now.parallelism();
    }

    /** @return null where there is no embedder or it fails */
    float[] ofText(Embedder by, String text) {
        try {
            float[] vector = by.embed(text);
            worked(by);
            return vector;
        } catch (ZseiException e) {
            failed(by, e);
            return null;
        }
    }

    /**
     * @param model of the vectors that it is compared with; null for any
     * @throws ZseiException EMBEDDER_UNAVAILABLE
     */
    float[] ofQuestion(String text, String model) throws ZseiException {
        Embedder by = usable(model);
        if (by == null) {
            throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, problem(model));
        }
        boolean remember = text.length() <= LONGEST_QUESTION;
        String key = by.model() + '\n' + text;
        if (remember) {
            synchronized (questions) {
                float[] known = questions.get(key);
                if (known != null) {
                    return known;
                }
            }
        }
        try {
            float[] vector = by.embed(text);
            worked(by);
            if (remember && by == usable(by.model())) {
                synchronized (questions) {
                    questions.put(key, vector);
                }
            }
            return vector;
        } catch (ZseiException e) {
            failed(by, e);
            throw e;
        }
    }

    private void worked(Embedder by) {
        if (by == embedder) {
            failure = null;
        }
    }

    private void failed(Embedder by, ZseiException e) {
        if (by == embedder) {
            failedAt = System.nanoTime();
            failure = e.getMessage();
        }
    }
}
