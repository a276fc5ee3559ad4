/// The exponential's bits. `exact` is the nearest double to the true value:
///
///     python3 -c "from decimal import *; import struct; getcontext().prec = 60
///     x = 1.0; print(struct.pack('>d', float(Decimal(x).exp())).hex())"
///
/// `found` comes from the same sequence of operations in Python, whose floats are not fused either.
enum ExpVectors {
  struct Vector: Sendable {
    let x: UInt64
    let found: UInt64
    let exact: UInt64
  }

  static let all: [Vector] = [
    .init(x: 0x0000_0000_0000_0000, found: 0x3ff0_0000_0000_0000, exact: 0x3ff0_0000_0000_0000),
    .init(x: 0x3ff0_0000_0000_0000, found: 0x4005_bf0a_8b14_576a, exact: 0x4005_bf0a_8b14_5769),
    .init(x: 0xbff0_0000_0000_0000, found: 0x3fd7_8b56_362c_ef38, exact: 0x3fd7_8b56_362c_ef38),
    .init(x: 0x3fe0_0000_0000_0000, found: 0x3ffa_6129_8e1e_069c, exact: 0x3ffa_6129_8e1e_069c),
    .init(x: 0xbfe0_0000_0000_0000, found: 0x3fe3_68b2_fc6f_960a, exact: 0x3fe3_68b2_fc6f_960a),
    .init(x: 0x3e10_0000_0000_0000, found: 0x3ff0_0000_0040_0000, exact: 0x3ff0_0000_0040_0000),
    .init(x: 0xbc30_0000_0000_0000, found: 0x3ff0_0000_0000_0000, exact: 0x3ff0_0000_0000_0000),
    .init(x: 0x3fd6_2e42_fefa_39ef, found: 0x3ff6_a09e_667f_3bcc, exact: 0x3ff6_a09e_667f_3bcc),
    .init(x: 0xbfd6_2e42_fefa_39f0, found: 0x3fe6_a09e_667f_3bcc, exact: 0x3fe6_a09e_667f_3bcc),
    .init(x: 0x4086_2e3d_70a3_d70a, found: 0x7fef_e9ce_5c4c_52b4, exact: 0x7fef_e9ce_5c4c_52b4),
    .init(x: 0xc086_2200_0000_0000, found: 0x0012_85dc_1b59_61f1, exact: 0x0012_85dc_1b59_61f1),
    .init(x: 0x4024_0000_0000_0000, found: 0x40d5_829d_cf95_0560, exact: 0x40d5_829d_cf95_0560),
    .init(x: 0xc042_c000_0000_0000, found: 0x3c8d_d5c5_6630_1ec8, exact: 0x3c8d_d5c5_6630_1ec8),
    .init(x: 0x4056_2ccc_cccc_cccd, found: 0x47ef_4705_bbff_ae5c, exact: 0x47ef_4705_bbff_ae5c),
    .init(x: 0xc037_4524_2a6a_1116, found: 0x3dd5_8806_34ea_d8e6, exact: 0x3dd5_8806_34ea_d8e6),
    .init(x: 0x3fff_8b30_0341_3270, found: 0x401c_b9a8_6bb1_eeca, exact: 0x401c_b9a8_6bb1_eeca),
    .init(x: 0xc035_a230_d03b_944a, found: 0x3dfb_a737_9857_633a, exact: 0x3dfb_a737_9857_633a),
    .init(x: 0x402c_583f_5f8c_b470, found: 0x4135_cd52_96dd_2294, exact: 0x4135_cd52_96dd_2294),
    .init(x: 0xc021_d8ee_9a7c_176a, found: 0x3f21_7549_6952_0c00, exact: 0x3f21_7549_6952_0c00),
    .init(x: 0x3ffc_2891_4823_9cd0, found: 0x4017_3f5d_96e8_f46a, exact: 0x4017_3f5d_96e8_f46a),
    .init(x: 0x4023_9516_4aa7_2e74, found: 0x40d1_74df_43c6_87fb, exact: 0x40d1_74df_43c6_87fb),
    .init(x: 0xc026_dc36_598e_0448, found: 0x3ee6_c84b_daf7_386e, exact: 0x3ee6_c84b_daf7_386f),
    .init(x: 0xc039_2a1d_85f8_7fea, found: 0x3da9_e83f_1787_6225, exact: 0x3da9_e83f_1787_6225),
    .init(x: 0x403a_bab0_0fbc_eb14, found: 0x4257_9fa2_2250_13c8, exact: 0x4257_9fa2_2250_13c8),
    .init(x: 0xc02a_400e_a44a_bfc2, found: 0x3ec0_bb2d_f489_70fd, exact: 0x3ec0_bb2d_f489_70fd),
    .init(x: 0x4018_3aa6_239d_db28, found: 0x407a_b359_e28c_64af, exact: 0x407a_b359_e28c_64af),
    .init(x: 0xc013_0c5a_d85b_e9d8, found: 0x3f81_8194_b34b_7d56, exact: 0x3f81_8194_b34b_7d56),
    .init(x: 0x403d_9067_9a66_bf6e, found: 0x4299_2404_d547_b4b5, exact: 0x4299_2404_d547_b4b5),
    .init(x: 0xc036_6afc_5251_6d98, found: 0x3de9_3e1b_0f52_eaa1, exact: 0x3de9_3e1b_0f52_eaa1),
    .init(x: 0x4031_25be_2205_d6a8, found: 0x417a_b201_7bfe_e03f, exact: 0x417a_b201_7bfe_e03f),
    .init(x: 0xc03a_0840_9221_f896, found: 0x3d95_c1da_1a5b_4b37, exact: 0x3d95_c1da_1a5b_4b37),
    .init(x: 0x4028_1f22_f875_86a0, found: 0x4105_1cfd_4beb_d062, exact: 0x4105_1cfd_4beb_d063),
  ]
}
