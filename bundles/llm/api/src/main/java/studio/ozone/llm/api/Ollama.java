package studio.ozone.llm.api;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

import studio.ozone.api.config.Facts;

/** Models of an Ollama server. */
@Component(service = Table.Source.class, configurationPid = "ozone.llm.api.ollama", property = Table.Source.NAME + "=ollama")
@Designate(ocd = Ollama.Config.class)
public final class Ollama implements Table.Source {

    @ObjectClassDefinition(name = "Ollama", description = "Models of an Ollama server.")
    public @interface Config {

        @AttributeDefinition(description = "Where the server is.")
        @Facts(advice = "Only this very address is connected to.")
        String base__url() default "http://127.0.0.1:11434";

        @AttributeDefinition(description = "The model that answers, as the server calls it.")
        @Facts(advice = "Models come and go, so none is preset.")
        String model() default "";

        @AttributeDefinition(description = "What question, passages and answer may have together.", min = "256", max = "10000000")
        @Facts(unit = "tokens", advice = "Sent along with each question, so that the server cuts nothing; more takes more memory there.")
        int context__length() default 8192;

        @AttributeDefinition(description = "What a million tokens sent cost; -1 where it is not known.", min = "-1", max = "1000000")
        @Facts(unit = "USD", advice = "Costs are shown, and llm.api.max_usd_per_day holds, only where both prices are set.")
        double input__price__per__million__usd() default 0;

        @AttributeDefinition(description = "What a million tokens of answers cost; -1 where it is not known.", min = "-1", max = "1000000")
        @Facts(unit = "USD", advice = "Costs are shown, and llm.api.max_usd_per_day holds, only where both prices are set.")
        double output__price__per__million__usd() default 0;
    }

    private volatile Table table;

    @Activate
    public Ollama(Config config) {
        table = of(config);
    }

    @Modified
    void reconfigure(Config config) {
        table = of(config);
    }

    @Override
    public Table table() {
        return table;
    }

    private static Table of(Config config) {
        return new Table("ollama", Table.Protocol.OLLAMA, config.base__url(), config.model(), config.context__length(),
                config.input__price__per__million__usd(), config.output__price__per__million__usd(), "").checked();
    }
}
