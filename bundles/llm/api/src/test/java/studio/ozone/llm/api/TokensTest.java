package studio.ozone.llm.api;

import java.util.Map;
import java.util.TreeMap;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/** The estimate beside what OpenAI's tokenizers count. */
public class TokensTest {

    private static final Map<String, String> TEXTS = new TreeMap<>(Map.of(
            "english", "The lighthouse of Arkona was built in 1826 by Karl Friedrich Schinkel. Because the coast is steep, ships had often run aground there.",
            "german", "Der Leuchtturm von Arkona wurde 1826 gebaut. Weil die Küste steil ist, liefen dort früher häufig Schiffe auf Grund; Überlebende gab es selten.",
            "french", "Où se trouve la bibliothèque ? L'été dernier, nous étions déjà allés à la forêt près de chez Hélène.",
            "russian", "Маяк на мысе Аркона был построен в 1826 году. Берег здесь крутой, и корабли часто садились на мель.",
            "japanese", "アルコナ岬の灯台は1826年に建てられました。海岸が険しいため、船がよく座礁していました。",
            "chinese", "阿科纳角的灯塔建于1826年。由于海岸陡峭，船只经常在那里搁浅。",
            "java", "for (int i = 0; i < names.length; i++) {\n    if (names[i] != null && !seen.contains(names[i])) {\n        out.append(names[i]).append(',');\n    }\n}\n",
            "json", "{\"id\":\"a7f3\",\"values\":[1,22,333,4444],\"ok\":true,\"at\":\"2026-01-31T12:00:00Z\"}",
            "table", "| key | value | unit |\n| --- | --- | --- |\n| zsei.write.batch_size | 5000 | items |\n| task.max_queued_tasks | 100 | tasks |\n",
            "numbers", "3.14159265358979 2718281828 0x7fffffff 192.168.100.200 +49 30 1234567"));

    @Test
    public void itIsHardlyEverLessThanWhatIsCountedAndNeverFarMore() {
        EncodingRegistry registry = Encodings.newLazyEncodingRegistry();
        StringBuilder report = new StringBuilder();
        boolean good = true;
        for (EncodingType type : new EncodingType[] {EncodingType.CL100K_BASE, EncodingType.O200K_BASE}) {
            Encoding encoding = registry.getEncoding(type);
            for (Map.Entry<String, String> text : TEXTS.entrySet()) {
                String twenty = (text.getValue() + " ").repeat(20);
                double ratio = (double) Tokens.of(twenty) / encoding.countTokens(twenty);
                report.append(String.format("%s %s %.2f%n", type, text.getKey(), ratio));
                good &= ratio >= 1 && ratio <= 2;
            }
        }
        assertTrue(report.toString(), good);
    }

    @Test
    public void shortTexts() {
        assertEquals(0, Tokens.of(""));
        assertEquals(1, Tokens.of("a"));
        assertTrue(Tokens.of("\ud83d\ude00") >= 2);
    }
}
