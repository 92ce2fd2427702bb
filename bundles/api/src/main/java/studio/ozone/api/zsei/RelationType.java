package studio.ozone.api.zsei;

/** What an edge says. The codes are stored; they never change their meaning. Each type knows the edge that goes back. */
public enum RelationType {
    DEPENDS_ON(1), DEPENDED_ON_BY(2), PART_OF(3), CONTAINS(4),
    SIMILAR(10), RELATED(11), CONTRADICTS(12), SUPERSEDES(13), SUPERSEDED_BY(14),
    /** A document has a keyword; the way back is {@link #KEYWORD_OF}. */
    HAS_KEYWORD(20), KEYWORD_OF(21), MENTIONS(22), MENTIONED_IN(23),
    PRECEDES(30), FOLLOWS(31),
    REFERENCES(40), REFERENCED_BY(41);

    private final int code;

    RelationType(int code) {
        this.code = code;
    }

    /** The stored code, 1..255. */
    public int code() {
        return code;
    }

    /** The type of the edge in the other direction; a symmetric type is its own inverse. */
    public RelationType inverse() {
        return switch (this) {
            case DEPENDS_ON -> DEPENDED_ON_BY;
            case DEPENDED_ON_BY -> DEPENDS_ON;
            case PART_OF -> CONTAINS;
            case CONTAINS -> PART_OF;
            case SUPERSEDES -> SUPERSEDED_BY;
            case SUPERSEDED_BY -> SUPERSEDES;
            case HAS_KEYWORD -> KEYWORD_OF;
            case KEYWORD_OF -> HAS_KEYWORD;
            case MENTIONS -> MENTIONED_IN;
            case MENTIONED_IN -> MENTIONS;
            case PRECEDES -> FOLLOWS;
            case FOLLOWS -> PRECEDES;
            case REFERENCES -> REFERENCED_BY;
            case REFERENCED_BY -> REFERENCES;
            case SIMILAR, RELATED, CONTRADICTS -> this;
        };
    }

    /** @throws IllegalArgumentException if no type has the code */
    public static RelationType ofCode(int code) {
        for (RelationType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException("No relation type has the code " + code);
    }
}
