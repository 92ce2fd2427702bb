package studio.ozone.pipeline.prompt;

import java.lang.annotation.Annotation;

/** Configurations for tests. */
final class Settings {

    private Settings() {
    }

    static Limits.Config config(int questionChars, int passages, boolean keep) {
        return new Limits.Config() {
            @Override
            public int max__question__chars() {
                return questionChars;
            }

            @Override
            public int max__passages() {
                return passages;
            }

            @Override
            public int candidates() {
                return 40;
            }

            @Override
            public boolean keep__conversations() {
                return keep;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return Limits.Config.class;
            }
        };
    }

    static Limits.Tokens tokens(int reserve, String systemPrompt) {
        return new Limits.Tokens() {
            @Override
            public int max__context__tokens() {
                return 100_000;
            }

            @Override
            public int reserve__output__tokens() {
                return reserve;
            }

            @Override
            public String system__prompt__path() {
                return systemPrompt;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return Limits.Tokens.class;
            }
        };
    }

    static Limits.Llm llm(String provider) {
        return new Limits.Llm() {
            @Override
            public String default__provider() {
                return provider;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return Limits.Llm.class;
            }
        };
    }

    static Limits.Judging judging(double coverage) {
        return new Limits.Judging() {
            @Override
            public double min__evidence() {
                return 0.42;
            }

            @Override
            public double min__coverage() {
                return coverage;
            }

            @Override
            public int compare__by__meaning() {
                return 10;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return Limits.Judging.class;
            }
        };
    }
}
