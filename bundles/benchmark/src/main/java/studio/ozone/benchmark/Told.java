package studio.ozone.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import studio.ozone.api.runtime.Progress;
import studio.ozone.runtime.json.Json;

/**
 * What a step of a measured instance says to the one that measures: one JSON object a line, with {@code samples} (a name and values), {@code fact}
 * (a name and a text), {@code figure} (a name and a number), {@code absent} (a row and why it was not measured), or {@code done} and {@code total}.
 */
final class Told {

    private static final long NANOS_BETWEEN = 200_000_000L;

    private Told() {
    }

    /** The speaking side. */
    static final class Speaker {

        private final PrintStream out;
        private long last;

        Speaker(PrintStream out) {
            this.out = out;
        }

        void samples(String name, List<Double> values) {
            say(Map.of("samples", name, "values", values.stream().map(Samples::round).toList()));
        }

        void fact(String name, String text) {
            say(Map.of("fact", name, "text", text));
        }

        void figure(String name, double value) {
            say(Map.of("figure", name, "value", value));
        }

        void absent(String row, String why) {
            say(Map.of("absent", row, "why", String.valueOf(why)));
        }

        /** Thinned out. @throws InterruptedException if the one that measures has gone */
        void progress(long done, long total) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long now = System.nanoTime();
            if (now - last >= NANOS_BETWEEN) {
                last = now;
                say(Map.of("done", done, "total", total));
            }
        }

        private synchronized void say(Map<String, ?> line) {
            out.println(Json.write(line));
            out.flush();
        }
    }

    /** The listening side; remembers everything over all steps. */
    static final class Listener implements Consumer<String> {

        private final Map<String, List<Double>> samples = new LinkedHashMap<>();
        private final Map<String, String> facts = new LinkedHashMap<>();
        private final Map<String, Double> figures = new LinkedHashMap<>();
        private final Map<String, String> absent = new LinkedHashMap<>();
        private final Progress progress;

        /** @param progress gets done and total of the running step */
        Listener(Progress progress) {
            this.progress = progress;
        }

        @Override
        public void accept(String line) {
            Map<String, Object> told;
            try {
                told = Json.readObject(line);
            } catch (IOException e) {
                return;                // other commands of the instance print for people
            }
            if (told.get("samples") instanceof String name && told.get("values") instanceof List<?> values) {
                List<Double> all = new ArrayList<>();
                values.forEach(value -> all.add(((Number) value).doubleValue()));
                samples.put(name, all);
            } else if (told.get("fact") instanceof String name) {
                facts.put(name, String.valueOf(told.get("text")));
            } else if (told.get("figure") instanceof String name && told.get("value") instanceof Number value) {
                figures.put(name, value.doubleValue());
            } else if (told.get("absent") instanceof String row) {
                absent.put(row, String.valueOf(told.get("why")));
            } else if (told.get("done") instanceof Number done && told.get("total") instanceof Number total) {
                progress.report("", done.longValue(), total.longValue(), "");
            }
        }

        List<Double> samples(String name) {
            return samples.getOrDefault(name, List.of());
        }

        String fact(String name) {
            return facts.getOrDefault(name, "");
        }

        /** Null where it was not told. */
        Double figure(String name) {
            return figures.get(name);
        }

        /** Null where it was measured. */
        String absent(String row) {
            return absent.get(row);
        }
    }
}
