package studio.ozone.pipeline.text_analysis.internal;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Words that say nothing about what a text is about, for languages whose parts of speech no model tells. ISO 639-3. */
final class StopWords {

    private static final Map<String, Set<String>> BY_LANGUAGE = Map.of(
            "deu", words("aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei beim bin bis bist da dabei "
                    + "dadurch daher damit dann daran darauf daraus darin das dass davon dazu dein dem den denn der deren des dessen die dies "
                    + "diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er erst es etwa etwas euch für "
                    + "gegen gibt habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in indem "
                    + "ins ist ja jede jedem jeden jeder jedes jedoch jetzt kann kein keine keinen können könnte man mehr mein mich mir mit "
                    + "muss müssen nach nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner seit sich sie sind "
                    + "so sobald sogar soll sollen sollte sondern sonst über um und uns unser unter viel vom von vor war waren was weil weiter "
                    + "welche welcher wenn wer werden wie wieder will wir wird wo wurde wurden während zu zum zur zwar zwischen"),
            "fra", words("alors au aucun aussi autre autres aux avant avec avoir bien car ce cela ces cet cette ceux chaque ci comme comment "
                    + "dans de des deux donc dont du elle elles en encore entre est et étaient était être eu fait faire fois font hors ici il "
                    + "ils je la le les leur leurs lors lui mais même mes moi moins mon ne ni non nos notre nous on ont ou où par parce pas "
                    + "peu peut plus pour pourquoi quand que quel quelle quelles quels qui sa sans se sera ses seulement si sien son sont sous "
                    + "sur ta tandis te tes ton tous tout toute toutes tu très un une vers vos votre vous"),
            "spa", words("al algo algunas algunos ante antes así aunque cada como con contra cual cuando de del desde donde dos durante el "
                    + "ella ellas ellos en entre era eran es esa ese eso esta está están estas este esto estos fue fueron ha había han has "
                    + "hasta hay la las le les lo los más me mi mientras mismo mucho muy nada ni no nos nosotros o otra otras otro otros para "
                    + "pero poco por porque puede que qué quien se sea ser si sí sido sin sobre son su sus también tan tanto tiene tienen "
                    + "todo todos tu un una uno unos y ya yo"),
            "ita", words("ad agli ai al alla alle allo anche anni ci che chi ci come con così cui da dagli dai dal dalla dalle degli dei del "
                    + "della delle dello di dopo dove due e ed era erano essere fa fino fra gli ha hanno i il in io la le lei lo loro lui ma "
                    + "mentre mi molto ne negli nei nel nella nelle no noi non o ogni per perché più poi può prima qual quale quando quella "
                    + "quelle quelli quello questa queste questi questo se sei senza si sia siamo sono stata stati stato su sua sue sugli sui "
                    + "sul sulla suo suoi tra tutti tutto un una uno vi voi è"),
            "nld", words("aan al alle alleen als altijd andere ben bij daar dan dat de deze die dit doch doen door dus een en er ge geen "
                    + "geweest haar had heb hebben heeft hem het hier hij hoe hun iemand iets ik in is ja je kan kon kunnen maar me meer men "
                    + "met mij mijn moet na naar niet niets nog nu of om omdat onder ons ook op over reeds te tegen toch toen tot u uit uw "
                    + "van veel voor want waren was wat we wel werd wezen wie wij wil worden wordt zal ze zei zelf zich zij zijn zo zonder "
                    + "zou"),
            "por", words("a ao aos as até com como da das de dela dele deles depois do dos e ela elas ele eles em entre era eram essa esse "
                    + "esta está estão estas este estes eu foi foram há isso isto já lhe mais mas me mesmo meu minha muito na não nas nem no "
                    + "nos nós nossa nosso num numa o os ou para pela pelas pelo pelos por qual quando que quem são se sem ser será seu seus "
                    + "só sua suas também te tem têm todas todos tu um uma umas uns você à às é"),
            "eng", words("a about after all also an and any are as at be been before but by can could did do does each for from had has have "
                    + "he her here him his how i if in into is it its just like made make many may me more most must my no not now of on one "
                    + "only or other our out over said same see she should since so some such than that the their them then there these they "
                    + "this those through to too two under up use used very was way we well were what when where which while who will with "
                    + "would you your"));

    private StopWords() {
    }

    private static Set<String> words(String list) {
        return Set.copyOf(new HashSet<>(java.util.List.of(list.split(" "))));
    }

    /** Lower-case words; those of all languages together where the language is not known, none for a language without a list. */
    static Set<String> of(String language) {
        if (language.equals(LanguageGuess.UNKNOWN)) {
            Set<String> all = new HashSet<>();
            BY_LANGUAGE.values().forEach(all::addAll);
            return all;
        }
        return BY_LANGUAGE.getOrDefault(language, Set.of());
    }
}
