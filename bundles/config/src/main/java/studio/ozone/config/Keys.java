package studio.ozone.config;

import java.util.Collection;
import java.util.Locale;

/** Names of keys: in TOML, in Config Admin and in the environment; see the law of names in the architecture page. */
final class Keys {

    static final String PID_PREFIX = "ozone.";
    /** Ends the name of what stands for all keys of a table. */
    static final String ANY = ".*";
    private static final int FAR = 4;
    /** No name is as long as this; what is, is not compared with any. */
    private static final int LONGEST = 200;

    private Keys() {
    }

    /** {@code zsei.traversal.default_max_depth} → {@code ozone.zsei.traversal}. */
    static String pid(String key) {
        int dot = key.lastIndexOf('.');
        return dot < 0 ? "ozone" : PID_PREFIX + key.substring(0, dot);
    }

    /** {@code zsei.traversal.default_max_depth} → {@code default_max_depth}. */
    static String name(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** {@code ozone.zsei.traversal}, {@code default_max_depth} → the full key. */
    static String full(String pid, String name) {
        return pid.substring(Math.min(pid.length(), PID_PREFIX.length())) + "." + name;
    }

    /** {@code zsei.traversal.default_max_depth} → {@code OZONE_ZSEI_TRAVERSAL__DEFAULT_MAX_DEPTH}. */
    static String environment(String key) {
        String table = key.substring(0, Math.max(0, key.lastIndexOf('.')));
        return ("OZONE_" + table.replace('.', '_') + "__" + name(key)).toUpperCase(Locale.ROOT);
    }

    /** A sentence that names the closest of the known names; empty where none is close. */
    static String nearest(String wrong, Collection<String> known) {
        if (wrong.length() > LONGEST) {
            return "";
        }
        String best = null;
        int distance = Math.max(FAR, wrong.length() / 4) + 1;
        for (String each : known) {
            int now = name(wrong).equals(name(each)) ? Math.min(FAR, distance(wrong, each, distance)) : distance(wrong, each, distance);
            if (now < distance || now == distance && best != null && each.compareTo(best) < 0) {
                best = each;
                distance = now;
            }
        }
        return best == null ? "" : " Did you mean " + best + "?";
    }

    /** Edits that turn one text into the other (Levenshtein); some number above the limit where there are more than that. */
    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) > limit) {
            return limit + 1;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            int least = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                row[j] = Math.min(Math.min(row[j], row[j - 1]) + 1, diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = above;
                least = Math.min(least, row[j]);
            }
            if (least > limit) {
                return limit + 1;
            }
        }
        return row[b.length()];
    }
}
