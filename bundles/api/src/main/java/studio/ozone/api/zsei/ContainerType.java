package studio.ozone.api.zsei;

/** What a container stands for. The codes are stored; they never change their meaning (requirements, part A). */
public enum ContainerType {
    SYSTEM(0), USER(1), WORKSPACE(2), PROJECT(3),
    MODALITY(10), CATEGORY(11), SUBCATEGORY(12),
    METHODOLOGY(20), BLUEPRINT(21), PIPELINE(22),
    TASK(30), CONTEXT(31), STATE(32),
    /** A file that holds several documents, for instance JSON lines. */
    DATASET(40),
    SHARD(41),
    /** One text with a beginning and an end: a file, or one record of a data set. */
    DOCUMENT(42),
    /** A piece of a document that is searched and cited. */
    CHUNK(43),
    EMBEDDING(44),
    FILE(50), DIRECTORY(51),
    URL(55), PACKAGE(56),
    CODE(60),
    TEXT(70),
    /** A part of a document below one heading. */
    SECTION(71),
    /** A keyword. */
    TERM(72),
    /** A person, place, organisation, date or amount. */
    ENTITY(73),
    DERIVED(80), VIRTUAL(99), CONSCIOUSNESS(100);

    private final int code;

    ContainerType(int code) {
        this.code = code;
    }

    /** The stored code, 0..255. */
    public int code() {
        return code;
    }

    /** @throws IllegalArgumentException if no type has the code */
    public static ContainerType ofCode(int code) {
        for (ContainerType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException("No container type has the code " + code);
    }
}
