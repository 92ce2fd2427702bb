package studio.ozone.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All that is set, as one TOML text. */
final class Export {

    private Export() {
    }

    static String of(InForce state) {
        Map<String, Map<String, Item>> tables = new TreeMap<>();
        Secrets secrets = state.secrets();
        state.layers().effective().forEach((key, item) -> tables.computeIfAbsent(key.substring(0, key.lastIndexOf('.')), table -> new TreeMap<>())
            .put(Keys.name(key), item));
        StringBuilder out = new StringBuilder("# Everything that is set, whoever set it. What is not here has its default.\n");
        tables.forEach((table, items) -> {
            out.append("\n[").append(Literals.path(List.of(table.split("\\.")))).append("]\n");
            items.forEach((name, item) -> {
                String key = table + "." + name;
                String from = "  # " + item.setBy() + (item.line() > 0 ? ", line " + item.line() : "");
                if (secrets.is(key)) {
                    out.append("# ").append(name).append(" is set and is a secret").append(from).append('\n');
                } else if (tables.containsKey(key) || tables.keySet().stream().anyMatch(other -> other.startsWith(key + "."))) {
                    out.append("# ").append(name).append(" is set, but a table has its name too").append(from).append('\n');
                } else {
                    out.append(Literals.key(name)).append(" = ").append(Literals.toml(item.value())).append(from).append('\n');
                }
            });
        });
        return out.toString();
    }
}
