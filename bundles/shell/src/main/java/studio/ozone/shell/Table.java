package studio.ozone.shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Columns that line up. A cell is a text that is already clean. */
final class Table {

    private final List<String[]> rows = new ArrayList<>();
    private final List<Integer> right = new ArrayList<>();

    Table(String... head) {
        rows.add(head);
    }

    /** Columns, from 0, whose cells stand at the right. */
    Table right(Integer... columns) {
        right.addAll(List.of(columns));
        return this;
    }

    void row(Object... cells) {
        String[] row = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            row[i] = cells[i] == null ? "" : cells[i].toString();
        }
        rows.add(row);
    }

    /** @param headed whether the head is printed too */
    void print(PrintStream out, Style style, boolean headed) {
        int[] widths = new int[rows.getFirst().length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].codePointCount(0, row[i].length()));
            }
        }
        for (int r = headed ? 0 : 1; r < rows.size(); r++) {
            StringBuilder line = new StringBuilder();
            String[] row = rows.get(r);
            for (int i = 0; i < row.length; i++) {
                String pad = " ".repeat(widths[i] - row[i].codePointCount(0, row[i].length()));
                line.append(right.contains(i) ? pad + row[i] : row[i] + pad).append("  ");
            }
            out.println(r == 0 ? style.bold(line.toString().stripTrailing()) : line.toString().stripTrailing());
        }
    }
}
