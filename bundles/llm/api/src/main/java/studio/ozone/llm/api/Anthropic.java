package studio.ozone.llm.api;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

import studio.ozone.api.config.Facts;

/** Models of Anthropic. */
@Component(service = Table.Source.class, configurationPid = "ozone.llm.api.anthropic", property = Table.Source.NAME + "=anthropic")
@Designate(ocd = Anthropic.Config.class)
public final class Anthropic implements Table.Source {

    @ObjectClassDefinition(name = "Anthropic", description = "Models of Anthropic.")
    public @interface Config {

        @AttributeDefinition(description = "Where the API is.")
        @Facts(advice = "Another one where a gateway stands between.")
        String base__url() default "https://api.anthropic.com/v1";

        @AttributeDefinition(description = "The model that answers, as the server calls it.")
        @Facts(advice = "Models come and go, so none is preset.")
        String model() default "";

        @AttributeDefinition(description = "What question, passages and answer may have together.", min = "256", max = "10000000")
        @Facts(unit = "tokens", advice = "As the model has it.")
        int context__length() default 200000;

        @AttributeDefinition(description = "What a million tokens sent cost; -1 where it is not known.", min = "-1", max = "1000000")
        @Facts(unit = "USD", advice = "Costs are shown, and llm.api.max_usd_per_day holds, only where both prices are set.")
        double input__price__per__million__usd() default -1;

        @AttributeDefinition(description = "What a million tokens of answers cost; -1 where it is not known.", min = "-1", max = "1000000")
        @Facts(unit = "USD", advice = "Costs are shown, and llm.api.max_usd_per_day holds, only where both prices are set.")
        double output__price__per__million__usd() default -1;

        @AttributeDefinition(description = "A file that holds the key alone; it is refused if others than its owner can read it.")
        @Facts(advice = "The environment variable OZONE_ANTHROPIC_API_KEY is stronger. The key itself is never a value of the configuration.")
        String key__file() default "";
    }

    private volatile Table table;

    @Activate
    public Anthropic(Config config) {
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
        return new Table("anthropic", Table.Protocol.ANTHROPIC, config.base__url(), config.model(), config.context__length(),
                config.input__price__per__million__usd(), config.output__price__per__million__usd(), config.key__file()).checked();
    }
}
