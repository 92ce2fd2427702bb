package studio.ozone.config;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code docs/configuration.md}: every key, from the definitions that the product itself reads. */
final class ConfigurationPage {

    private static final String HEAD = """
        # Every key of the configuration

        Made from the definitions in the code; `./ozone-core config --explain KEY` says the same of the instance that runs, with the value that
        counts and who set it. How to set a key, and what wins over what: [capabilities.md](capabilities.md) and
        [adr/0003-configuration.md](adr/0003-configuration.md).

        `at once`: a change is in force when it is made. `restart`: with the next start. `rebuild`: when what is derived from it, the index or
        the vectors, has been made anew, which begins at once. GiB and MiB are powers of two.

        A key of a part that is **not built yet** is kept where it is set, and has no effect until that part is there.
        """;

    private final Collection<Key> keys;
    private final Names names;
    private final Map<String, Map<String, Object>> profiles;

    /**
     * @param keys all of them; those that nobody reads without a reader
     * @param profiles profile name to its values by key
     */
    ConfigurationPage(Collection<Key> keys, Names names, Map<String, Map<String, Object>> profiles) {
        this.keys = keys;
        this.names = names;
        this.profiles = profiles;
    }

    String text() {
        TreeMap<String, List<Key>> tables = keys.stream().collect(Collectors.groupingBy(ConfigurationPage::table, TreeMap::new, Collectors.toList()));
        StringBuilder page = new StringBuilder(HEAD);
        tables.forEach((table, its) -> {
            boolean unread = its.stream().allMatch(key -> key.readBy() == null);
            page.append("\n## [").append(table).append("]").append(unread ? " (not built yet)" : "").append("\n\n");
            page.append("| key | default | allowed | in force | what it does |\n| --- | --- | --- | --- | --- |\n");
            its.stream().sorted((a, b) -> a.name().compareTo(b.name())).forEach(key -> page.append(row(key, unread)));
        });
        page.append("\n## Tables whose keys are kept unread\n\nThey are taken as they are, for the part that will read them.\n\n");
        names.open().forEach((table, about) -> page.append("- `[").append(table).append("]`: ").append(about).append("\n"));
        page.append("\n## Tables without effect\n\nTaken with a warning, so that a file of another installation need not be changed.\n\n");
        names.ignored().forEach((table, why) -> page.append("- `[").append(table).append("]`: ").append(why).append("\n"));
        page.append("\n## Deprecated names\n\nRead as the key beside them, with a warning.\n\n| name | key |\n| --- | --- |\n");
        names.aliases().forEach((name, key) -> page.append("| `").append(name).append("` | `").append(key).append("` |\n"));
        page.append("\n## Environment\n\nEvery key has a variable: `OZONE_<TABLE>__<KEY>` in capitals, with `_` for each dot of the table, for instance `")
            .append(Keys.environment("zsei.traversal.default_max_depth")).append("`.\nBeside those:\n\n| variable | key |\n| --- | --- |\n");
        names.variables().forEach((variable, key) -> page.append("| `").append(variable).append("` | `").append(key).append("` |\n"));
        return page.toString();
    }

    private String row(Key key, boolean tableUnread) {
        String meaning = key.description() + (key.advice().isEmpty() ? "" : "<br>*" + key.advice() + "*");
        String given = profiles.entrySet().stream().filter(profile -> profile.getValue().containsKey(key.name()))
            .map(profile -> profile.getKey() + " " + profile.getValue().get(key.name())).collect(Collectors.joining(", "));
        return "| `" + (key.any() ? "*" : Keys.name(key.name())) + "` | "
            + (key.byDefault() == null ? "" : "`" + Literals.toml(key.byDefault()) + "`" + (key.unit().isEmpty() ? "" : " " + key.unit())) + " | "
            + key.range() + " | " + switch (key.applies()) {
                case LIVE -> "at once";
                case RESTART -> "restart";
                case REBUILD -> "rebuild";
            } + " | " + cell(meaning + (given.isEmpty() ? "" : "<br>Profiles: " + given + ".")
                + (key.readBy() == null && !tableUnread ? "<br>**Not built yet.**" : "")) + " |\n";
    }

    private static String table(Key key) {
        return key.any() ? key.name().substring(0, key.name().length() - Keys.ANY.length()) : key.name().substring(0, key.name().lastIndexOf('.'));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
