package studio.ozone.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.Test;

import studio.ozone.api.config.Settings.Applies;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

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
    public void readsWhatIsOursBesideIt() throws IOException {
        List<Key> keys = read("""
            <m:MetaData xmlns:m="http://www.osgi.org/xmlns/metatype/v1.4.0" xmlns:o="https://ozone.studio/metatype/v1">
              <OCD id="a" name="x" description="Levels." o:values="debug  info" o:advice="Rarely."/>
              <OCD id="b" name="x">
                <AD id="m" type="Integer" o:unit="links" o:applies="REBUILD" o:advice="8 saves memory." o:secret="false"/>
                <AD id="token" type="String" o:secret="true"/>
              </OCD>
              <Designate pid="ozone.logging.components"><Object ocdref="a"/></Designate>
              <Designate pid="ozone.zsei"><Object ocdref="b"/></Designate>
            </m:MetaData>
            """);
        Map<String, Key> byName = keys.stream().collect(Collectors.toMap(Key::name, key -> key));
        assertEquals(new Key.About("links", Applies.REBUILD, "8 saves memory.", false), byName.get("zsei.m").about());
        assertTrue(byName.get("zsei.token").secret());
        assertEquals(Applies.LIVE, byName.get("zsei.token").applies());
        Schema schema = new Schema(List.of(), List.of(), keys);
        Key level = schema.key("logging.components.zsei.index");
        assertEquals("debug, info", level.range());
        assertEquals("Rarely.", level.advice());
        assertEquals("b", level.readBy());
        assertNull(schema.key("logging.other"));
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
