package studio.ozone.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

public class MetatypeXmlTest {

    @Test
    public void readsKeysOfOurPids() throws IOException {
        List<Key> keys = read("""
            <metatype:MetaData xmlns:metatype="http://www.osgi.org/xmlns/metatype/v1.4.0">
              <OCD id="a.B$Config" name="x">
                <AD id="default_max_depth" type="Integer" default="10" min="1" max="65535" description="Hops."/>
                <AD id="codec" type="String" default="none"><Option label="N" value="none"/><Option label="L" value="lz4"/></AD>
                <AD id="words" type="String" cardinality="2147483647" default="a,b"/>
                <AD id="on" type="Boolean"/>
              </OCD>
              <Designate pid="ozone.zsei.traversal"><Object ocdref="a.B$Config"/></Designate>
              <Designate pid="org.else"><Object ocdref="a.B$Config"/></Designate>
            </metatype:MetaData>
            """);
        assertEquals(4, keys.size());
        assertEquals(new Key("zsei.traversal.default_max_depth", Key.Type.INTEGER, false, 10L, 1.0, 65535.0, List.of(), "Hops.", "b"), keys.getFirst());
        assertEquals("none, lz4", keys.get(1).range());
        assertEquals(List.of("a", "b"), keys.get(2).byDefault());
        assertEquals("list", keys.get(2).typeName());
        assertEquals(Key.Type.BOOLEAN, keys.get(3).type());
    }

    @Test
    public void refusesWhatIsNoMetatype() {
        assertThrows(IOException.class, () -> read("<MetaData>"));
        assertThrows(IOException.class, () -> read("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>"));
    }

    private static List<Key> read(String xml) throws IOException {
        return MetatypeXml.read(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), "b");
    }
}
