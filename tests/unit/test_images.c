/* test_images.c: the containers of disks, byte by byte: what is damaged or not known is refused
 * with its reason, and what is sound but odd is read as its specification says. */
#include "tests/unit/disk_files.h"

/* ---- VHD ------------------------------------------------------------------------------------- */

/* A dynamic VHD of 4 MiB without a block: footer, header, table, footer. */
static void put_vhd(u8 *b)
{
    u8 *header = b + 512;
    memset(b, 0, 2560);
    memset(b + 1536, 0xFF, 512);
    memcpy(b, "conectix", 8);
    put_be64(b + 16, 512);
    put_be64(b + 48, 4 << 20);
    put_be32(b + 60, 3);
    memcpy(header, "cxsparse", 8);
    put_be64(header + 16, 1536);
    put_be32(header + 28, 2);
    put_be32(header + 32, 2 << 20);
}

static void test_vhd_damaged(void **state)
{
    static const struct {
        int at;
        u32 value;
        const char *word;
    } t[] = {
        {60, 5, "is a VHD of a kind (5) that is not known"},
        {52, 0, "says that it holds 0 bytes"},
        {512, 0, "header is not valid"},
        {512 + 32, 256, "blocks of 256 bytes"},
        {512 + 32, 3 << 20, "blocks of 3145728 bytes"},
        {512 + 32, 128 << 20, "blocks of 134217728 bytes"},
        {512 + 28, 1, "its block table does not fit"},
        {512 + 20, 4096, "its block table does not fit"},
        {512 + 16, 1, "its block table does not fit"},
        {1536, 2, "points outside the file, or twice"},
        {1536, 5, "points outside the file, or twice"},
        {60, 4, "the image it builds on"},
    };
    u8 b[2560], zero[512] = {0}, s[512];
    for (size_t i = 0; i <= ARRAY_LEN(t); i++) {
        put_vhd(b);
        if (i < ARRAY_LEN(t))
            put_be32(b + t[i].at, t[i].value);
        seal(b, 512, 64);
        seal(b + 512, 1024, 36);
        memcpy(b + 2048, b, 512);
        make("d.vhd", sizeof b, b, sizeof b);
        if (i < ARRAY_LEN(t)) {
            refused(path, NULL, t[i].word);
            continue;
        }
        Disk *d = open_ok(path, NULL);
        assert_int_equal(d->sectors, 8192);
        assert_int_equal(disk_read(d, 8191, 1, s), DISK_OK);
        assert_memory_equal(s, zero, 512);
        disk_close(d);
    }
}

/* ---- VMDK ------------------------------------------------------------------------------------ */

/* A sparse file of 64 sectors: header, directory, table (grain 1 is empty by its number, 2 in
 * sector 8), and a descriptor that no header points to. */
enum { SPARSE = 16 * 512 };

static void put_sparse(u8 *b)
{
    memset(b, 0, SPARSE);
    memcpy(b, "KDMV", 4);
    store_le(b + 4, 4, 1);
    store_le(b + 8, 4, 4); /* grain 1 of a table is zeros */
    store_le(b + 12, 4, 64);
    store_le(b + 20, 4, 8);
    store_le(b + 36, 4, 1);
    store_le(b + 44, 4, 512);
    store_le(b + 56, 4, 1);
    store_le(b + 512, 4, 2);
    store_le(b + 1024 + 4, 4, 1);
    store_le(b + 1024 + 8, 4, 8);
    strcpy((char *)b + 7 * 512, "parentCID=12345678\n");
    memset(b + 8 * 512, 'g', 8 * 512);
}

static void test_vmdk_damaged(void **state)
{
    static const struct {
        int at;
        u32 value;
        const char *word;
    } t[] = {
        {12, 0, "the sizes in its header are not valid"},
        {20, 0, "the sizes in its header are not valid"},
        {20, 4097, "the sizes in its header are not valid"},
        {44, 0, "the sizes in its header are not valid"},
        {44, 65537, "the sizes in its header are not valid"},
        {56, 17, "its grain directory does not fit"},
        {16, 8, "its grain directory does not fit"},
        {60, UINT32_MAX, "it was cut off"},
        {28, 7, "is a VMDK snapshot that builds on another image"},
    };
    u8 b[SPARSE], s[512], zero[512] = {0};
    for (size_t i = 0; i <= ARRAY_LEN(t); i++) {
        put_sparse(b);
        if (i < ARRAY_LEN(t))
            store_le(b + t[i].at, 4, t[i].value);
        if (i < ARRAY_LEN(t) && t[i].at == 60)
            store_le(b + 56, 4, UINT32_MAX);
        make("s.vmdk", sizeof b, b, sizeof b);
        if (i < ARRAY_LEN(t)) {
            refused(path, NULL, t[i].word);
            continue;
        }
        Disk *d = open_ok(path, NULL);
        for (u32 lba = 0; lba < 64; lba++) {
            assert_int_equal(disk_read(d, lba, 1, s), DISK_OK);
            assert_memory_equal(s, lba / 8 == 2 ? b + 8 * 512 : zero, 512);
        }
        disk_close(d);
    }
}

static const char *descriptor(const char *text)
{
    char b[1000];
    int n = snprintf(b, sizeof b, "# Disk DescriptorFile\n%s", text);
    return make("d.vmdk", (u64)n, b, (size_t)n);
}

static void test_vmdk_descriptors(void **state)
{
    static const struct {
        const char *text, *word;
    } t[] = {
        {"version=1\n", "its descriptor lists no extent"},
        {"RW 64 VMFS \"x\"\n", "lists extents of a kind that cannot be read"},
        {"RW 2000000000000 ZERO\n", "its descriptor lists too much"},
        {"RW 64 SPARSE \"n.bin\"\n", "an extent has no valid header"},
        {"RW 64 FLAT \"none.bin\"\n", "none.bin: "},
        {"parentCID = 1\nRW 64 ZERO\n", "is a VMDK snapshot that builds on another image"},
    };
    u8 b[SPARSE], s[16 * 512];
    char many[1000] = "";
    make("n.bin", 4096, "", 0);
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        descriptor(t[i].text);
        assert_null(disk_open(path, NULL, err, sizeof err));
        if (!strstr(err, t[i].word))
            fail_msg("message is '%s', wanted '%s'", err, t[i].word);
    }
    for (int i = 0; i < 65; i++)
        strcat(many, "RW 1 ZERO\n");
    refused(descriptor(many), NULL, "its descriptor lists too much");
    make("d.vmdk", 65537, "# Disk DescriptorFile\n", 22);
    refused(path, NULL, "its descriptor is too long");

    /* Extents one behind the other, whatever the header of one says about its size. */
    put_sparse(b);
    store_le(b + 12, 4, 24);
    make("s.vmdk", sizeof b, b, sizeof b);
    memset(b, 'f', sizeof b);
    make("f.bin", 4096, b, 4096);
    Disk *d = open_ok(descriptor("parentCID=ffffffff\nNOACCESS 8 FLAT \"f.bin\" 0\n"
                                 "RDONLY 28 SPARSE \"s.vmdk\"\nRW 4 FLAT \"f.bin\" 4\n"), NULL);
    assert_int_equal(d->sectors, 40);
    static const char want[] = "0000000000000000" "00000000gggggggg" "0000ffff";
    for (u32 lba = 0; lba < 40; lba++) { /* alone, and at the end of a longer read */
        u32 from = lba < 15 ? 0 : lba - 15;
        assert_int_equal(disk_read(d, from, lba - from + 1, s), DISK_OK);
        assert_int_equal(s[(lba - from) * 512 + 5], want[lba] == '0' ? 0 : want[lba]);
    }
    disk_close(d);
}

/* ---- qcow2 ----------------------------------------------------------------------------------- */

/* 1 MiB in clusters of 512 bytes: header, refcount table, refcounts, L1 table; all empty. */
static void put_qcow2(u8 *b)
{
    memset(b, 0, 2048);
    memcpy(b, "QFI\xFB", 4);
    put_be32(b + 4, 3);
    put_be32(b + 16, 1024); /* of a name, were there one */
    put_be32(b + 20, 9);
    put_be32(b + 28, 1 << 20);
    put_be32(b + 36, 32);
    put_be32(b + 44, 1536);
    put_be32(b + 52, 512);
    put_be32(b + 56, 1);
    put_be32(b + 96, 4);
    put_be32(b + 100, 112);
    b[104] = 9; /* a compression nobody knows, were it used */
    put_be32(b + 512 + 4, 1024);
    put_be32(b + 1024, 0x00010001);
    put_be32(b + 1028, 0x00010001);
}

static void test_qcow2_damaged(void **state)
{
    static const struct {
        int at;
        u32 value;
        const char *word, *note;
    } t[] = {
        {4, 4, "is a qcow image of a version that is not known", NULL},
        {20, 8, "the size of its clusters is not valid", NULL},
        {20, 22, "the size of its clusters is not valid", NULL},
        {28, 0, "it says that it holds no bytes", NULL},
        {36, 31, "its L1 table does not fit", NULL},
        {36, 1000, "its L1 table does not fit", NULL},
        {44, 1000, "its L1 table does not fit", NULL},
        {44, 4096, "its L1 table does not fit", NULL},
        {52, 100, "its refcount table does not fit", NULL},
        {52, 4096, "its refcount table does not fit", NULL},
        {56, 5, "its refcount table does not fit", NULL},
        {32, 1, "is an encrypted qcow2 image", NULL},
        {76, 4, "keeps its data in another file", NULL},
        {76, 8, "is compressed by a method that this program was built without", NULL},
        {76, 16, "uses features of qcow2 that are not known", NULL},
        {96, 7, "the size of its reference counts is not valid", NULL},
        {12, 1024, "the name of its backing file does not fit", NULL},
        {76, 1, NULL, "was not closed properly"},
        {76, 2, NULL, "was not closed properly"},
        {1024, 0x00000001, NULL, "tables that do not agree"},
        {1024, 0x00010000, NULL, "tables that do not agree"},
        {512 + 4, 0, NULL, "tables that do not agree"},
        {512 + 4, 1536, NULL, "tables that do not agree"},
        {1536 + 4, 512, NULL, "tables that do not agree"},
        {1536 + 4, 4096, NULL, "tables that do not agree"},
        {64, 0, NULL, ""},
    };
    u8 b[2048], s[512], zero[512] = {0};
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        put_qcow2(b);
        put_be32(b + t[i].at, t[i].value);
        make("d.qcow2", sizeof b, b, sizeof b);
        if (t[i].word) {
            refused(path, NULL, t[i].word);
            continue;
        }
        Disk *d = open_ok(path, NULL);
        if (!strstr(d->note, t[i].note) || (*d->note && !*t[i].note))
            fail_msg("note is '%s', wanted '%s'", d->note, t[i].note);
        assert_int_equal(d->read_only, *t[i].note != 0);
        assert_int_equal(disk_read(d, 2047, 1, s), DISK_OK);
        assert_memory_equal(s, zero, 512);
        disk_close(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vhd_damaged),
        cmocka_unit_test(test_vmdk_damaged),
        cmocka_unit_test(test_vmdk_descriptors),
        cmocka_unit_test(test_qcow2_damaged),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
