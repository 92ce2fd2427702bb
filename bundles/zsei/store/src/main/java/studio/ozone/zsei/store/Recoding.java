package studio.ozone.zsei.store;

import java.util.function.Function;

import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Store;

/** How the values of a tree are written today. What was written otherwise, without a checksum or packed in another way, is found by writing it anew. */
enum Recoding {
    CONTAINERS(database -> database.containers) {
        @Override
        ByteIterable anew(ByteIterable key, ByteIterable value, Codec codec) {
            Records.Stored stored = Records.container(Keys.number(key, 0), value);
            return Records.container(stored.container(), stored.sequence(), codec);
        }
    },
    RELATIONS(database -> database.relations) {
        @Override
        ByteIterable anew(ByteIterable key, ByteIterable value, Codec codec) {
            return Records.relation(key, Records.relation(key, value));
        }
    },
    EMBEDDINGS(database -> database.embeddings) {
        @Override
        ByteIterable anew(ByteIterable key, ByteIterable value, Codec codec) {
            return Records.vector(key, Records.vector(key, value), codec);
        }
    },
    VERSIONS(database -> database.versions) {
        @Override
        ByteIterable anew(ByteIterable key, ByteIterable value, Codec codec) {
            Records.Kept kept = Records.version(key, value);
            return Records.version(kept.stored(), kept.edges(), codec);
        }
    };

    private final Function<Database, Store> tree;

    Recoding(Function<Database, Store> tree) {
        this.tree = tree;
    }

    Store tree(Database database) {
        return tree.apply(database);
    }

    /** @throws RuntimeException if the value cannot be read */
    abstract ByteIterable anew(ByteIterable key, ByteIterable value, Codec codec);

    /** @return whether it is written otherwise now; what is gone meanwhile or cannot be read is left alone */
    boolean rewrite(View view, ByteIterable key, Codec codec) {
        Store store = tree(view.database());
        ByteIterable value = store.get(view.transaction(), key);
        ByteIterable anew = value == null ? null : anewOrNull(key, value, codec);
        return anew != null && store.put(view.transaction(), key, anew);
    }

    /** Null where the value cannot be read: integrity names it. */
    ByteIterable anewOrNull(ByteIterable key, ByteIterable value, Codec codec) {
        try {
            return anew(key, value, codec);
        } catch (ExodusException e) {
            throw e;
        } catch (RuntimeException e) {
            return null;
        }
    }
}
