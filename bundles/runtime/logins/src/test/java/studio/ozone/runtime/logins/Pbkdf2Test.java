package studio.ozone.runtime.logins;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import org.apache.karaf.jaas.modules.Encryption;
import org.junit.Test;

import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

public class Pbkdf2Test {

    private final Encryption encryption = new Pbkdf2().createEncryption(Map.of());

    @Test
    public void onlyThePasswordIsAccepted() {
        for (String password : List.of("open", "päß wört 🗼", "x".repeat(300), " ")) {
            String stored = encryption.encryptPassword(password);
            assertTrue(stored, stored.matches("pbkdf2-sha512:210000:[\\w-]{22}:[\\w-]{43}"));
            assertTrue(encryption.checkPassword(password, stored));
            assertFalse(encryption.checkPassword(password + "x", stored));
            assertFalse(encryption.checkPassword("", stored));
            assertFalse(encryption.checkPassword(null, stored));
        }
    }

    @Test
    public void theSamePasswordIsStoredInAnotherWayEachTime() {
        assertNotEquals(encryption.encryptPassword("open"), encryption.encryptPassword("open"));
    }

    /** Derived with Python's {@code hashlib.pbkdf2_hmac('sha512', b'open', b'0123456789abcdef', 1000, 32)}. */
    @Test
    public void theFunctionIsTheOneThatTheTextNames() {
        String salt = Base64.getUrlEncoder().withoutPadding().encodeToString("0123456789abcdef".getBytes(StandardCharsets.US_ASCII));
        assertTrue(encryption.checkPassword("open", "pbkdf2-sha512:1000:" + salt + ":yj2NQapZpJn1eIA4hKB7GuOVk5V_w_pfs-l4GB26iFg"));
    }

    @Test(timeout = 20_000)
    public void whatIsNoSuchTextLetsNobodyIn() {
        String stored = encryption.encryptPassword("open");
        String[] parts = stored.split(":");
        for (String other : List.of("", "open", "open:::", "pbkdf2-sha512:::", "pbkdf2-sha512:0:" + parts[2] + ":" + parts[3],
                "pbkdf2-sha512:2000000000:" + parts[2] + ":" + parts[3], "pbkdf2-sha512:x:" + parts[2] + ":" + parts[3], "pbkdf2-sha512:1::" + parts[3],
                "pbkdf2-sha512:1:" + parts[2] + ":", "pbkdf2-sha512:1:" + parts[2] + ":AAAA", stored + ":", "md5" + stored, stored.replace(parts[2], "%%%"),
                "B109F3BBBC244EB82441917ED06D618B9008DD09B3BEFD1B5E07394C706A8BB980B1D7785E5976EC049B46DF5F1326AF5A2EA6D103FD07C95385FFAB0CACBC86")) {
            assertFalse(other, encryption.checkPassword("open", other));
        }
    }
}
