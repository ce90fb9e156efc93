/// The words that guessing begins with. Compared with a password's core (`PasswordRules.core`), so that each stands for
/// its variants: `password` for `Passw0rd!`, `P@ssword123` and `passwordpassword`.
enum CommonPasswords {
    static func contain(_ core: String) -> Bool { words.contains(core) }

    private static let words = Set(
        list.split { $0 == " " || $0 == "\n" }.flatMap { word in [String(word), PasswordRules.core(of: String(word))] }
    )

    // The heads of the published lists of leaked passwords, without what is too short whatever is added to it.
    private static let list = """
        password passwort passw0rd passwd pass motdepasse contrasena parola senha wachtwoord haslo lozinka pasword
        passphrase mypassword newpassword letmein letmeinnow welcome welcomehome changeme changeit default temporary
        temppass secret topsecret mysecret private access login signin logon logmein guest user username demo test
        testing tester testtest example sample admin administrator administrateur root rootroot toor sysadmin superuser
        system server database oracle mysql postgres cisco manager master superman batman spiderman ironman wonderwoman
        captain starwars startrek skywalker darthvader pokemon pikachu nintendo playstation minecraft fortnite roblox
        qwerty qwertz azerty qwertyui qwertyuiop qwertzuiop azertyuiop asdfgh asdfghjk asdfghjkl zxcvbn zxcvbnm yxcvbnm
        qazwsx qazwsxedc qweasd qweasdzxc zaqxsw zaqwsx poiuytrewq lkjhgfdsa mnbvcxz qwertyasdfgh qwaszx qwer asdf zxcv
        1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5 1qaz2wsx 1qaz2wsx3edc zaq12wsx zaq1zaq1 qwe123 asd123
        abc123 abcd1234 a1b2c3d4 aa123456 123qwe 123abc 12345a 123456a 1234qwer 123qweasd 147258369 159753 741852963
        987654321 0987654321 11223344 112233 123123 123321 121212 131313 142536 123654789 102030 10203040 696969 654321
        iloveyou iloveu ilovegod iloveme loveyou lovely lover lovers love mylove loveme forever always babygirl babyboy
        sweetheart honey sunshine princess princesa angel angels heaven beautiful flower flowers butterfly rainbow
        unicorn cookie cookies chocolate cupcake banana apple orange cherry peaches pepper ginger cheese coffee
        football fussball soccer baseball basketball softball hockey volleyball tennis cricket rugby golf golfer
        liverpool arsenal chelsea barcelona realmadrid juventus manchester manutd everton celtic rangers steelers
        cowboys yankees lakers packers eagles redsox bulldogs tigers panthers broncos dolphins raiders patriots
        dragon dragons monkey tiger lion panther wolf bear eagle falcon phoenix dolphin horses kitten kitty puppy
        doggy maggie buster charlie max bailey lucky shadow smokey jordan michael jackson jennifer jessica ashley
        michelle nicole daniel andrew anthony joshua matthew robert thomas william jonathan christian christopher
        alexander alexandra elizabeth stephanie samantha amanda melissa patricia victoria veronica vanessa
        george richard edward patrick steven justin brandon austin dakota madison morgan taylor tyler hannah harley
        hunter ranger killer slayer warrior soldier gangster ninja samurai wizard merlin gandalf matrix mustang
        corvette ferrari porsche mercedes toyota honda yamaha suzuki ducati harleydavidson camaro chevrolet
        computer internet google facebook twitter instagram youtube linkedin microsoft windows android iphone samsung
        nokia motorola apple macintosh linux ubuntu debian github gitlab docker kubernetes jenkins ansible
        trustno1 trustnoone whatever nothing anything something everything blahblah foobar foobarbaz hello hellohello
        helloworld goodbye jesus jesuschrist christ godisgood blessed faith hope freedom liberty america england
        germany deutschland france canada mexico brasil brazil argentina colombia turkey russia moscow london paris
        berlin newyork chicago dallas houston texas florida boston california hollywood
        summer winter spring autumn sommer winter2 fruehling herbst monday tuesday wednesday thursday friday saturday
        sunday january february march april june july august september october november december
        metallica slipknot nirvana greenday eminem tupac snoopdogg beatles elvis madonna rockstar guitar music
        superstar player gamer hacker cracker zombie vampire ghost demon devil lucifer satan mother father
        mommy daddy family friends friend bestfriend sister brother baby junior single sexy hottie
        biteme bigdick pussy fuckyou fuckoff fuckme asshole bitch bullshit shithead suckit
        plaza chat chatd community conference event company office work school student teacher university
        correcthorsebatterystaple thisisapassword mypasswordis opensesame abracadabra alohomora
        """
}
