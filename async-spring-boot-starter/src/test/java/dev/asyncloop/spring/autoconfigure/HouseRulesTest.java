package dev.asyncloop.spring.autoconfigure;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The house rules of this module, and those that Spring Boot's own build has for auto-configurations. */
class HouseRulesTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.asyncloop.spring");

    @Test
    void nobodyImportsInternal() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.asyncloop.internal..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.asyncloop.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nobodyDependsOnAutoConfiguration() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..autoconfigure..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.asyncloop.spring.autoconfigure..")
                .check(CLASSES);
    }

    @Test
    void autoConfigurationsArePublicFinalAndNamedSo() {
        classes()
                .that()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .bePublic()
                .andShould()
                .haveModifier(JavaModifier.FINAL)
                .andShould()
                .haveSimpleNameEndingWith("AutoConfiguration")
                .check(CLASSES);
    }

    @Test
    void autoConfigurationsHaveNoPublicMembers() {
        methods()
                .that()
                .areDeclaredInClassesThat()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .notBePublic()
                .check(CLASSES);
        constructors()
                .that()
                .areDeclaredInClassesThat()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .notBePublic()
                .check(CLASSES);
    }

    @Test
    void autoConfigurationsAreListedInOrder() throws Exception {
        String resource = "/META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";
        try (InputStream stream = getClass().getResourceAsStream(resource)) {
            List<String> listed = new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(listed).isSorted();
            assertThat(listed)
                    .containsExactlyInAnyOrderElementsOf(CLASSES.stream()
                            .filter(type -> type.isAnnotatedWith(AutoConfiguration.class))
                            .map(JavaClass::getName)
                            .toList());
        }
    }

    @Test
    void beanMethodsHaveNoConditionOnClass() {
        methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .should()
                .notBeAnnotatedWith(ConditionalOnClass.class)
                .check(CLASSES);
    }

    @Test
    void beanMethodsReturnNothingPrivate() {
        DescribedPredicate<JavaClass> isPrivate = DescribedPredicate.describe(
                "a private type", type -> type.getModifiers().contains(JavaModifier.PRIVATE));
        methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .should()
                .notHaveRawReturnType(isPrivate)
                .check(CLASSES);
    }

    @Test
    void postProcessorsAreStaticAndNeedNobodyEarly() {
        methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .and()
                .haveRawReturnType(DescribedPredicate.describe(
                        "a BeanPostProcessor", type -> type.isAssignableTo(BeanPostProcessor.class)))
                .should()
                .beStatic()
                .andShould(takeOnly(ObjectProvider.class, Environment.class, ApplicationContext.class))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    private static ArchCondition<JavaMethod> takeOnly(Class<?>... types) {
        return new ArchCondition<>("take only late parameters") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                for (JavaClass parameter : method.getRawParameterTypes()) {
                    boolean late = List.of(types).stream().anyMatch(parameter::isEquivalentTo);
                    events.add(new SimpleConditionEvent(method, late, method.getFullName() + " takes " + parameter));
                }
            }
        };
    }

    @Test
    void conditionsAreNotPublic() {
        classes()
                .that()
                .areAssignableTo(SpringBootCondition.class)
                .should()
                .notBePublic()
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void everyPropertyHasADescription() throws Exception {
        try (InputStream stream = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            var properties = tools.jackson.databind.json.JsonMapper.shared()
                    .readTree(stream)
                    .get("properties");
            assertThat(properties).isNotEmpty();
            for (var property : properties) {
                assertThat(property.path("name").asString())
                        .matches("ioloop\\..+|management\\.endpoint\\.[a-z]+\\.(access|cache\\.time-to-live)");
                assertThat(property.path("description").asString())
                        .as(property.path("name").asString())
                        .isNotBlank()
                        .endsWith(".");
            }
        }
    }
}
