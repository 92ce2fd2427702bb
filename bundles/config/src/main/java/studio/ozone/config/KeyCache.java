package studio.ozone.config;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Settings.Applies;

/**
 * What the metatype of each bundle says, kept in a file: to read it from the bundles costs some 50 ms of the start, to read it from
 * here 2. A file that is missing, of another form or damaged is as good as none.
 */
final class KeyCache {

    private static final int FORM = 2;
    private static final Logger LOG = LoggerFactory.getLogger(KeyCache.class);

    /**
     * @param lastModified the bundle's, by which another content is noticed
     * @param keys of its metatype
     * @param toggles the keys that switch it
     */
    record Read(long lastModified, List<Key> keys, List<Key> toggles) { }

    private final Path file;

    KeyCache(Path file) {
        this.file = file;
    }

    /** Bundle number to its keys. */
    Map<Long, Read> load() {
        Map<Long, Read> found = new HashMap<>();
        if (!Files.exists(file)) {
            return found;
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            if (in.readInt() != FORM) {
                return Map.of();
            }
            for (int bundles = in.readInt(); bundles > 0; bundles--) {
                long bundle = in.readLong();
                long lastModified = in.readLong();
                found.put(bundle, new Read(lastModified, readKeys(in), readKeys(in)));
            }
            return found;
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} is not readable; the bundles are read anew", file, e);
            return Map.of();
        }
    }

    void save(Map<Long, Read> bundles) {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(FORM);
            out.writeInt(bundles.size());
            for (Map.Entry<Long, Read> bundle : bundles.entrySet()) {
                out.writeLong(bundle.getKey());
                out.writeLong(bundle.getValue().lastModified());
                writeKeys(out, bundle.getValue().keys());
                writeKeys(out, bundle.getValue().toggles());
            }
        } catch (IOException e) {
            LOG.warn("{} cannot be written; the next start reads every bundle's configuration schema again", file, e);
        }
    }

    private static List<Key> readKeys(DataInputStream in) throws IOException {
        List<Key> keys = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            keys.add(readKey(in));
        }
        return List.copyOf(keys);
    }

    private static void writeKeys(DataOutputStream out, List<Key> keys) throws IOException {
        out.writeInt(keys.size());
        for (Key key : keys) {
            writeKey(out, key);
        }
    }

    private static Key readKey(DataInputStream in) throws IOException {
        String name = in.readUTF();
        Key.Type type = Key.Type.valueOf(in.readUTF());
        boolean list = in.readBoolean();
        String byDefault = in.readBoolean() ? in.readUTF() : null;
        Double min = in.readBoolean() ? (Double) in.readDouble() : null;
        Double max = in.readBoolean() ? (Double) in.readDouble() : null;
        List<String> options = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            options.add(in.readUTF());
        }
        return KnownKeys.key(name, type, list, byDefault, min, max, List.copyOf(options), in.readUTF(), in.readBoolean() ? in.readUTF() : null,
            new Key.About(in.readUTF(), Applies.valueOf(in.readUTF()), in.readUTF(), in.readBoolean()));
    }

    private static void writeKey(DataOutputStream out, Key key) throws IOException {
        out.writeUTF(key.name());
        out.writeUTF(key.type().name());
        out.writeBoolean(key.list());
        out.writeBoolean(key.byDefault() != null);
        if (key.byDefault() != null) {
            out.writeUTF(key.list() ? Literals.toml(key.byDefault()) : key.byDefault().toString());
        }
        for (Double bound : new Double[] {key.min(), key.max()}) {
            out.writeBoolean(bound != null);
            if (bound != null) {
                out.writeDouble(bound);
            }
        }
        out.writeInt(key.options().size());
        for (String option : key.options()) {
            out.writeUTF(option);
        }
        out.writeUTF(key.description());
        out.writeBoolean(key.readBy() != null);
        if (key.readBy() != null) {
            out.writeUTF(key.readBy());
        }
        out.writeUTF(key.unit());
        out.writeUTF(key.applies().name());
        out.writeUTF(key.advice());
        out.writeBoolean(key.secret());
    }
}
