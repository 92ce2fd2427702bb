package studio.ozone.benchmarks.side_by_side;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Recall against CPU time, a line an engine, as SVG. Recall is drawn by what is missing of it, since that is what costs. */
final class Chart {

    private static final int WIDTH = 860;
    private static final int HEIGHT = 480;
    private static final int LEFT = 70;
    private static final int RIGHT = 250;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    private static final double[] RECALLS = {0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999};
    private static final String[] COLOURS = {"#0b6e99", "#d9730d", "#6940a5", "#448361", "#9b9a97"};

    /** A point of a curve. */
    private record Point(double recall, double cpu) { }

    private final Map<String, List<Point>> curves = new LinkedHashMap<>();

    Chart(List<Map<?, ?>> rows) {
        for (Map<?, ?> row : rows) {
            if (row.get("what").toString().contains(", ef ") && row.get("recall") instanceof Number recall && row.get("cpu") instanceof Number cpu
                    && recall.doubleValue() >= RECALLS[0] && recall.doubleValue() <= RECALLS[RECALLS.length - 1]) {
                curves.computeIfAbsent(row.get("engine").toString(), engine -> new ArrayList<>())
                        .add(new Point(recall.doubleValue(), cpu.doubleValue()));
            }
        }
    }

    /** @return null where there is nothing to draw */
    String svg() {
        if (curves.isEmpty()) {
            return null;
        }
        double least = curves.values().stream().flatMap(List::stream).mapToDouble(Point::cpu).min().orElseThrow() * 0.9;
        double most = curves.values().stream().flatMap(List::stream).mapToDouble(Point::cpu).max().orElseThrow() * 1.1;
        StringBuilder out = new StringBuilder();
        add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n", WIDTH, HEIGHT);
        add(out, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n");
        add(out, "<text x=\"%d\" y=\"20\">CPU microseconds of a search by recall@10</text>%n", LEFT);
        for (double recall : RECALLS) {
            line(out, x(recall), TOP, x(recall), HEIGHT - BOTTOM);
            add(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n", x(recall), HEIGHT - BOTTOM + 18, recall);
        }
        for (double tick : new double[] {50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000}) {
            if (tick >= least && tick <= most) {
                line(out, LEFT, y(tick, least, most), WIDTH - RIGHT, y(tick, least, most));
                add(out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>%n", LEFT - 6, y(tick, least, most) + 4, tick);
            }
        }
        int number = 0;
        for (Map.Entry<String, List<Point>> curve : curves.entrySet()) {
            String colour = COLOURS[number % COLOURS.length];
            StringBuilder points = new StringBuilder();
            curve.getValue().forEach(point -> add(points, "%.1f,%.1f ", x(point.recall()), y(point.cpu(), least, most)));
            add(out, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n", points.toString().strip(), colour);
            curve.getValue().forEach(point -> add(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n", x(point.recall()),
                    y(point.cpu(), least, most), colour));
            add(out, "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n", WIDTH - RIGHT + 12, TOP + 12 + 18 * number++, colour, curve.getKey());
        }
        return out.append("</svg>\n").toString();
    }

    private static double x(double recall) {
        double from = Math.log(1 - RECALLS[0]);
        double to = Math.log(1 - RECALLS[RECALLS.length - 1]);
        return LEFT + (Math.log(1 - recall) - from) / (to - from) * (WIDTH - RIGHT - LEFT);
    }

    private static double y(double cpu, double least, double most) {
        return HEIGHT - BOTTOM - Math.log(cpu / least) / Math.log(most / least) * (HEIGHT - BOTTOM - TOP);
    }

    private static void line(StringBuilder out, double x1, double y1, double x2, double y2) {
        add(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n", x1, y1, x2, y2);
    }

    private static void add(StringBuilder out, String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values));
    }
}
