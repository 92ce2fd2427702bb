package studio.ozone.runtime.logins;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;

import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

import org.apache.karaf.jaas.modules.Encryption;
import org.apache.karaf.jaas.modules.EncryptionService;
import org.osgi.service.component.annotations.Component;

/**
 * Passwords of users that somebody adds, as they are stored: PBKDF2 (RFC 8018) with HMAC-SHA-512, a random salt for each and so many
 * rounds that guessing is slow. Karaf's own service hashes once and without a salt. The text says how it was made,
 * {@code pbkdf2-sha512:<iterations>:<salt>:<hash>} in Base64, so that the number of rounds can grow and old passwords stay valid.
 */
@Component(service = EncryptionService.class, property = "name=" + Pbkdf2.NAME)
public final class Pbkdf2 implements EncryptionService, Encryption {

    /** What {@code encryption.name} in {@code etc/org.apache.karaf.jaas.cfg} has to be. */
    static final String NAME = "pbkdf2";

    private static final String KIND = "pbkdf2-sha512";
    private static final String FUNCTION = "PBKDF2WithHmacSHA512";
    /** What OWASP's Password Storage Cheat Sheet asks of this function. */
    private static final int ITERATIONS = 210_000;
    /** A stored text may ask for no more, so that nobody's login takes minutes. */
    private static final int MOST_ITERATIONS = 10_000_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private final SecureRandom random = new SecureRandom();

    @Override
    public Encryption createEncryption(Map<String, String> options) {
        return this;
    }

    @Override
    public String encryptPassword(String plain) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        Base64.Encoder text = Base64.getUrlEncoder().withoutPadding();
        return String.join(":", KIND, Integer.toString(ITERATIONS), text.encodeToString(salt), text.encodeToString(hash(plain, salt, ITERATIONS, HASH_BYTES)));
    }

    /** False for anything that is not such a text, the hash of another service included. */
    @Override
    public boolean checkPassword(String plain, String stored) {
        String[] parts = stored.split(":", -1);
        if (plain == null || parts.length != 4 || !parts[0].equals(KIND)) {
            return false;
        }
        try {
            int iterations = Integer.parseInt(parts[1]);
            byte[] salt = Base64.getUrlDecoder().decode(parts[2]);
            byte[] hash = Base64.getUrlDecoder().decode(parts[3]);
            return iterations > 0 && iterations <= MOST_ITERATIONS && salt.length > 0 && hash.length >= HASH_BYTES
                    && MessageDigest.isEqual(hash, hash(plain, salt, iterations, hash.length));
        } catch (IllegalArgumentException e) {
            return false;                              // not a number, or not Base64
        }
    }

    private static byte[] hash(String plain, byte[] salt, int iterations, int bytes) {
        PBEKeySpec key = new PBEKeySpec(plain.toCharArray(), salt, iterations, bytes * 8);
        try {
            return SecretKeyFactory.getInstance(FUNCTION).generateSecret(key).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(FUNCTION + " is missing in this Java", e);
        } finally {
            key.clearPassword();
        }
    }
}
