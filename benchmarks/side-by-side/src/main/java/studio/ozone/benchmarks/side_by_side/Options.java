package studio.ozone.benchmarks.side_by_side;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code --only PARTS --quick --resume --out FILE --cache FOLDER --docs FOLDER --cpp PROGRAM}. */
record Options(List<String> parts, boolean quick, boolean resume, Path out, Path cache, Path documentation, Path cpp) {

    static final List<String> PARTS = List.of("traversal", "store", "retrieval", "knn", "traversal_large", "knn_large");
    /** Without the one that takes hours. */
    static final List<String> USUAL = PARTS.subList(0, PARTS.size() - 1);

    static Options of(String[] args) {
        List<String> parts = USUAL;
        boolean quick = false;
        boolean resume = false;
        Path out = Path.of("side-by-side.json");
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "ozone-studio-benchmarks");
        Path documentation = Path.of("docs");
        Path cpp = null;
        List<String> left = new ArrayList<>(List.of(args));
        while (!left.isEmpty()) {
            String option = left.removeFirst();
            switch (option) {
                case "--quick" -> quick = true;
                case "--resume" -> resume = true;
                case "--only" -> parts = List.of(value(option, left).split(","));
                case "--out" -> out = Path.of(value(option, left));
                case "--cache" -> cache = Path.of(value(option, left));
                case "--docs" -> documentation = Path.of(value(option, left));
                case "--cpp" -> cpp = Path.of(value(option, left));
                default -> throw new IllegalArgumentException("There is no option " + option);
            }
        }
        for (String part : parts) {
            if (!PARTS.contains(part)) {
                throw new IllegalArgumentException("--only takes some of " + String.join(",", PARTS) + ", not " + part);
            }
        }
        return new Options(parts, quick, resume, out.toAbsolutePath(), cache, documentation, cpp);
    }

    private static String value(String option, List<String> left) {
        if (left.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return left.removeFirst();
    }
}
