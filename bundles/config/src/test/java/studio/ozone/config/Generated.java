package studio.ozone.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import studio.ozone.api.config.Facts;

/** Values that keys may have, at random. */
final class Generated {

    private static final Secrets SECRETS = new Secrets(new Schema(List.of(), List.of(), List.of()));

    private final Random random;

    Generated(Random random) {
        this.random = random;
    }

    /** Some of these keys with values that are right for each of them. */
    Map<String, Object> some(List<Key> keys, int most) {
        List<Key> shuffled = new ArrayList<>(keys.stream().filter(key -> !key.any() && !SECRETS.is(key.name())).toList());
        Collections.shuffle(shuffled, random);
        Map<String, Object> values = new TreeMap<>();
        shuffled.stream().limit(random.nextInt(most)).forEach(key -> values.put(key.name(), value(key)));
        return values;
    }

    Object value(Key key) {
        if (key.list()) {
            return List.of(scalar(key), scalar(key));
        }
        return scalar(key);
    }

    private Object scalar(Key key) {
        double min = key.min() == null ? -1e6 : key.min();
        double max = Math.min(key.max() == null ? 1e9 : key.max(), 1e9);
        return switch (key.type()) {
            case BOOLEAN -> random.nextBoolean();
            case INTEGER -> (long) min + (long) (random.nextDouble() * (max - min));
            case NUMBER -> random.nextBoolean() || Math.ceil(min) > max ? (Object) (min + random.nextDouble() * (max - min)) : (Object) (long) Math.ceil(min);
            case STRING -> key.unit().equals(Facts.TIME_ZONE) ? List.of("UTC", "Asia/Kolkata", "Europe/Berlin", "+03:00").get(random.nextInt(4))
                : key.options().isEmpty() ? text() : key.options().get(random.nextInt(key.options().size()));
        };
    }

    String text() {
        StringBuilder text = new StringBuilder();
        random.ints(1 + random.nextInt(12), 1, 0x2ff).forEach(text::appendCodePoint);
        return text.toString();
    }

    static String toml(Map<String, Object> values) {
        StringBuilder out = new StringBuilder("# generated\n");
        Map<String, Map<String, Object>> tables = new TreeMap<>();
        values.forEach((key, value) -> tables.computeIfAbsent(key.substring(0, key.lastIndexOf('.')), table -> new TreeMap<>())
            .put(Keys.name(key), value));
        tables.forEach((table, keys) -> {
            out.append("\n[").append(table).append("]\n");
            keys.forEach((key, value) -> out.append(key).append(" = ").append(Literals.toml(value)).append('\n'));
        });
        return out.toString();
    }
}
