package studio.ozone.config;

import java.util.List;
import java.util.Optional;

/** A configuration file that was read, and can be changed key by key. Immutable. */
interface Document {

    String text();

    List<Entry> entries();

    /**
     * This document with one key set.
     *
     * @throws TomlException if the text does not allow an edit of this one value
     */
    Document with(String key, Object value) throws TomlException;

    /**
     * This document without a key; itself where the key is not in it.
     *
     * @throws TomlException if the text does not allow an edit of this one value
     */
    Document without(String key) throws TomlException;

    default Optional<Entry> find(String key) {
        return entries().stream().filter(entry -> entry.key().equals(key)).findFirst();
    }
}
