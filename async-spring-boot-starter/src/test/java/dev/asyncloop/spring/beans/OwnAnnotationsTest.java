package dev.asyncloop.spring.beans;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Blocking;
import dev.asyncloop.spring.http.AsyncHttpClientBuilder;
import java.lang.reflect.Proxy;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.web.reactive.DispatcherHandler;
import tools.jackson.databind.json.JsonMapper;

class OwnAnnotationsTest {

    @Test
    void aClassOfTheApplicationMayHaveThem() {
        assertThat(OwnAnnotations.mayBeOn(Store.class)).isTrue();
        assertThat(OwnAnnotations.mayBeOn(Keeping.class)).isTrue();
        Store lambda = () -> {};
        assertThat(OwnAnnotations.mayBeOn(lambda.getClass())).isTrue();
    }

    @Test
    void aClassOfALibraryOrOfOursHasNone() {
        assertThat(OwnAnnotations.mayBeOn(DispatcherHandler.class)).isFalse();
        assertThat(OwnAnnotations.mayBeOn(JsonMapper.class)).isFalse();
        assertThat(OwnAnnotations.mayBeOn(AsyncHttpClientBuilder.class)).isFalse();
        assertThat(OwnAnnotations.mayBeOn(IOLoop.class)).isFalse();
    }

    @Test
    void aProxyMayHaveThemWhateverIsBehindIt() {
        Object ofInterfaces = Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> null);
        ProxyFactory factory = new ProxyFactory(new StandardEnvironment());
        factory.setProxyTargetClass(true);
        factory.addInterface(Store.class);
        Object ofSpringsClass = factory.getProxy();
        assertThat(ofSpringsClass.getClass().getName()).startsWith("org.springframework.");
        assertThat(OwnAnnotations.mayBeOn(ofInterfaces.getClass())).isTrue();
        assertThat(OwnAnnotations.mayBeOn(ofSpringsClass.getClass())).isTrue();
    }

    @Test
    void anExampleOfTheSpringTeamIsAnApplication() {
        try (var made = new ByteBuddy()
                .subclass(Object.class)
                .name("org.springframework.samples.petclinic.Clinic")
                .make()) {
            Class<?> clinic = made.load(getClass().getClassLoader()).getLoaded();
            assertThat(OwnAnnotations.mayBeOn(clinic)).isTrue();
        }
    }

    @Test
    void aClassThatIsInNoJarIsOfAnApplicationWhateverItsName() {
        try (var made = new ByteBuddy()
                .subclass(Object.class)
                .name("org.springframework.acme.Repository")
                .make()) {
            Class<?> repository = made.load(
                            getClass().getClassLoader(),
                            ClassLoadingStrategy.Default.WRAPPER.with(getClass().getProtectionDomain()))
                    .getLoaded();
            assertThat(OwnAnnotations.mayBeOn(repository)).isTrue();
        }
    }

    /** Public, as Spring's class is in another package. */
    public interface Store {

        @Blocking
        void keep();
    }

    static class Keeping implements Store {

        @Override
        public void keep() {}
    }
}
